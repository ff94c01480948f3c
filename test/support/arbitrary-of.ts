/**
 * Arbitrary of a schema: random values that it accepts, made from its notation.
 *
 * Reading the notation has two uses: no declaration needs a hand-made sample, and the notation, which is
 * what people read in the protocol table, is shown to say all that matters.
 */
import fc from 'fast-check'
import type { Schema } from '../../runtime/schema.js'

const WORDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  text: fc.string({ unit: 'binary', maxLength: 16 }),
  id: fc.stringMatching(/^[A-Za-z0-9_:@ -]{1,24}$/),
  ref: fc.constantFrom('agent-1@k3x9/agent', 'masters@*/master', 'framework-f.1@z/scheduler/a.b'),
  flag: fc.boolean(),
  natural: fc.maxSafeNat(),
  integer: fc.maxSafeInteger().map((value) => value + 0),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  bytes: fc.uint8Array({ maxLength: 32 }).map((bytes) => Uint8Array.from(bytes)),
}
const TOKEN = /'[^']*'|[\w-]+|\S/g

/** @param known arbitraries for schemas that have rules which no notation says, by their notation */
export function arbitraryOf<T>(
  { notation }: Schema<T>, known: ReadonlyMap<string, fc.Arbitrary<unknown>> = new Map(),
): fc.Arbitrary<T> {
  // What is known is one token, whatever it looks like.
  let text = notation.replaceAll('\\|', '|')
  const words = new Map(Object.entries(WORDS))
  for (const [written, arbitrary] of known) {
    const word = `known-${words.size}`
    // A field may be called what its schema is: then the name is followed by a colon.
    text = text.split(written.replaceAll('\\|', '|'))
      .reduce((before, behind) => `${before}${behind.startsWith(':') ? written : word}${behind}`)
    words.set(word, arbitrary)
  }
  const reader = new Reader(text.match(TOKEN) ?? [], words)
  return reader.whole() as fc.Arbitrary<T>
}

class Reader {
  private at = 0

  constructor(
    private readonly tokens: readonly string[],
    private readonly words: ReadonlyMap<string, fc.Arbitrary<unknown>>,
  ) {}

  whole(): fc.Arbitrary<unknown> {
    const value = this.union()
    if (this.at < this.tokens.length) throw new Error(`cannot read '${this.tokens.slice(this.at).join(' ')}'`)
    return value
  }

  private union(): fc.Arbitrary<unknown> {
    const options = [this.term()]
    while (this.took('|')) options.push(this.term())
    return options.length === 1 ? options[0] as fc.Arbitrary<unknown> : fc.oneof(...options)
  }

  private term(): fc.Arbitrary<unknown> {
    const token = this.take()
    if (token === '[') return fc.array(this.until(']'), { maxLength: 4 })
    if (token === '(') {
      const first = this.until(',')
      return fc.tuple(first, this.until(')'))
    }
    if (token === '{') return this.peek() === '[' ? this.table() : this.record()
    if (token.startsWith("'")) return fc.constant(token.slice(1, -1))
    const known = this.words.get(token)
    if (known) return known
    // A variant of a choice: its name, then its fields.
    this.expect('{')
    return this.record(token)
  }

  private table(): fc.Arbitrary<unknown> {
    for (const token of ['[', 'text', ']', ':']) this.expect(token)
    const keys = fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__')
    return fc.dictionary(keys, this.until('}'), { maxKeys: 4, noNullPrototype: true })
  }

  private record(type?: string): fc.Arbitrary<unknown> {
    const fields: Record<string, fc.Arbitrary<unknown>> = {}
    const required: string[] = []
    if (type !== undefined) {
      fields['type'] = fc.constant(type)
      required.push('type')
    }
    while (!this.took('}')) {
      const name = this.take()
      this.expect(':')
      fields[name] = this.union()
      if (!this.took('?')) required.push(name)
      this.took(',')
    }
    return fc.record(fields, { requiredKeys: required, noNullPrototype: true })
  }

  private until(end: string): fc.Arbitrary<unknown> {
    const value = this.union()
    this.expect(end)
    return value
  }

  private peek(): string | undefined {
    return this.tokens[this.at]
  }

  private take(): string {
    return this.tokens[this.at++] ?? 'the end'
  }

  private took(token: string): boolean {
    if (this.peek() !== token) return false
    this.at++
    return true
  }

  private expect(token: string): void {
    const found = this.take()
    if (found !== token) throw new Error(`expected '${token}' and found '${found}'`)
  }
}
