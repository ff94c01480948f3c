import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellAt, layOut } from '../../../../infra/console/pages/cells.js'

test('thousands of machines fit, each in a place of its own, and are found again there', () => {
  const machines = Array.from({ length: 5_000 }, (_, index) => index)
  const layout = layOut(machines, (machine) => `rack ${machine % 3}`, 1_000)
  assert.ok(layout.height <= 700 && layout.cell >= 5, `${layout.height} high, cells of ${layout.cell}`)
  assert.equal(new Set(layout.places.map(({ x, y }) => `${x} ${y}`)).size, machines.length)
  for (const { item, x, y } of layout.places.filter(({ item }) => item % 700 === 0)) {
    assert.equal(cellAt(layout, x + 1, y + 1), item)
  }
  assert.equal(cellAt(layout, -5, 0), undefined)
  assert.deepEqual(layout.titles.map(({ title }) => title), ['rack 0 (1667)', 'rack 1 (1667)', 'rack 2 (1666)'])
})
