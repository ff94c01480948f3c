/**
 * OpenMetrics, read strictly: what is not of the form that the specification asks for throws, with its line.
 */

export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Of a bucket: labels of a message that fell into it. */
  readonly exemplar?: Readonly<Record<string, string>>
}

export interface ReadFamily {
  readonly type: string
  readonly help: string
  readonly samples: readonly ReadSample[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*?)\})? (\S+)(?: # \{(.*)\} ([\d.e-]+)(?: [\d.]+)?)?$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|inf|nan)$/i
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [''], counter: ['_total'], histogram: ['_bucket', '_sum', '_count'], info: ['_info'],
}

interface Open {
  type: string
  help: string
  samples: ReadSample[]
}

/** Throws when the text is no exposition. */
export function readOpenMetrics(text: string): ReadonlyMap<string, ReadFamily> {
  if (!text.endsWith('\n# EOF\n')) throw new Error('it does not end with # EOF')
  const families = new Map<string, Open>()
  let current: readonly [string, Open] | undefined
  for (const [index, line] of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n').entries()) {
    const refuse = (problem: string) => new Error(`line ${index + 1}, ${JSON.stringify(line)}: ${problem}`)
    const [, word, name = '', rest = ''] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? []
    if (word !== undefined) {
      if (!NAME.test(name)) throw refuse('no name')
      if (current?.[0] !== name) {
        if (families.has(name)) throw refuse('told of twice')
        current = [name, { type: '', help: '', samples: [] }]
        families.set(...current)
      }
      if (current[1].samples.length > 0) throw refuse('after its samples')
      if (word === 'TYPE' && !(rest in SUFFIXES)) throw refuse('no type')
      current[1][word === 'TYPE' ? 'type' : 'help'] = rest
      continue
    }
    if (!current) throw refuse('belongs to nothing')
    current[1].samples.push(sampleOf(line, current, refuse))
  }
  for (const [name, family] of families) checkFamily(name, family)
  return families
}

function sampleOf(line: string, [family, { type }]: readonly [string, Open], refuse: (problem: string) => Error) {
  const [, name = '', labels = '', number = '', exemplar] = SAMPLE.exec(line) ?? []
  if (!SUFFIXES[type]?.some((suffix) => name === `${family}${suffix}`)) throw refuse(`is none of ${type} ${family}`)
  if (!NUMBER.test(number)) throw refuse('no number')
  const value = Number(number.replace(/inf/i, 'Infinity').replace(/nan/i, 'NaN'))
  if (type === 'counter' && !(value >= 0)) throw refuse('a counter below zero')
  if (exemplar !== undefined && !name.endsWith('_bucket')) throw refuse('an exemplar where none may be')
  const shown = exemplar === undefined ? {} : { exemplar: labelsOf(exemplar, refuse) }
  return { name, value, labels: labelsOf(labels, refuse), ...shown }
}

function labelsOf(text: string, refuse: (problem: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let at = 0; at < text.length;) {
    LABEL.lastIndex = at
    const [whole, name = '', value = ''] = LABEL.exec(text) ?? []
    if (whole === undefined || name in labels) throw refuse('no labels')
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    at += whole.length
  }
  return labels
}

function checkFamily(name: string, { type, help, samples }: Open): void {
  if (type === '' || help === '') throw new Error(`${name} has no type or no help`)
  const series = samples.map((sample) => `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`)
  if (new Set(series).size < series.length) throw new Error(`${name} says something twice`)
  if (type !== 'histogram') return
  const last = new Map<string, number>()
  for (const { name: of, labels: { le, ...others }, value } of samples) {
    const key = JSON.stringify(others)
    if (of.endsWith('_bucket') && (le === undefined || value < (last.get(key) ?? 0))) {
      throw new Error(`${name}: the buckets of ${key} do not grow`)
    }
    if (of.endsWith('_count') && value !== last.get(key)) throw new Error(`${name}: the count of ${key} is another`)
    if (of.endsWith('_bucket')) last.set(key, value)
  }
}

/** All that may be asked of Prometheus by its name. */
export const seriesNames = (families: ReadonlyMap<string, ReadFamily>): ReadonlySet<string> =>
  new Set([...families.values()].flatMap(({ samples }) => samples.map(({ name }) => name)))
