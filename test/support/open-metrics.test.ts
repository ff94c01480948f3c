import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOpenMetrics } from './open-metrics.js'

const SOUND = '# HELP a Of a.\n# TYPE a counter\na_total{x="1\\n\\"",y="2"} 3\n'

test('a sound exposition is read', () => {
  const { type, samples } = readOpenMetrics(`${SOUND}# EOF\n`).get('a') ?? assert.fail()
  assert.deepEqual([type, samples], ['counter', [{ name: 'a_total', labels: { x: '1\n"', y: '2' }, value: 3 }]])
})

test('an exemplar of a bucket is read', () => {
  const bucket = 'a_bucket{le="+Inf"} 1 # {trace_id="4bf9"} 0.5 1795797249.951'
  const { samples } = readOpenMetrics(`# HELP a A.\n# TYPE a histogram\n${bucket}\n# EOF\n`).get('a') ?? assert.fail()
  assert.deepEqual(samples[0]?.exemplar, { trace_id: '4bf9' })
})

const UNSOUND: readonly (readonly [why: string, text: string])[] = [
  ['no end', SOUND],
  ['a counter without its suffix', '# HELP a A.\n# TYPE a counter\na 3\n# EOF\n'],
  ['a sample of nothing', 'b 3\n# EOF\n'],
  ['no help', '# TYPE a gauge\na 3\n# EOF\n'],
  ['the same twice', `${SOUND}a_total{y="2",x="1\\n\\""} 3\n# EOF\n`],
  ['a family in two places', `${SOUND}# HELP b B.\n# TYPE b gauge\nb 1\n${SOUND}# EOF\n`],
  ['no number', '# HELP a A.\n# TYPE a gauge\na three\n# EOF\n'],
  ['labels that do not end', '# HELP a A.\n# TYPE a gauge\na{x="1} 3\n# EOF\n'],
  ['buckets that shrink', '# HELP a A.\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n# EOF\n'],
  ['an exemplar of a gauge', '# HELP a A.\n# TYPE a gauge\na 1 # {x="1"} 1\n# EOF\n'],
  ['a negative counter', '# HELP a A.\n# TYPE a counter\na_total -1\n# EOF\n'],
]

for (const [why, text] of UNSOUND) {
  test(`${why} is refused`, () => assert.throws(() => readOpenMetrics(text)))
}
