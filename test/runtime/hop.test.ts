import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../runtime/random.js'
import { WallClock } from '../../runtime/hop.js'

/** A clock that shows whole milliseconds, and of which the test moves the time. */
class Machine {
  trueMs = 1_700_000_000_000.25
  elapsed = 0
  now = () => Math.floor(this.trueMs)
  elapsedMs = () => this.elapsed

  pass(ms: number): void {
    this.trueMs += ms
    this.elapsed += ms
  }
}

test('two nodes of a machine agree to a small part of a millisecond, though their clock shows whole ones', () => {
  const machine = new Machine()
  const random = seededRandom(1)
  const other = { now: machine.now, elapsedMs: () => machine.elapsed + 500 }
  const [one, two] = [new WallClock(machine), new WallClock(other)]
  for (let hops = 0; hops < 300; hops++) {
    machine.pass(random.next() * 3)
    if (hops % 2 === 0) one.at(machine.elapsedMs())
    else two.at(other.elapsedMs())
  }
  const [first, second] = [one.at(machine.elapsedMs()), two.at(other.elapsedMs())]
  assert.ok(Math.abs(first - second) < 0.1, `${Math.abs(first - second)} ms apart`)
  assert.ok(Math.abs(first - machine.trueMs) < 0.1)
})

test('a clock that has been set is followed, and one that goes on is not', () => {
  const machine = new Machine()
  const wall = new WallClock(machine)
  for (let hops = 0; hops < 400; hops++) {
    machine.pass(0.3)
    wall.at(machine.elapsedMs())
  }
  for (const set of [3_600_000, -7_200_000]) {
    machine.trueMs += set
    machine.pass(1_100)
    assert.ok(Math.abs(wall.at(machine.elapsedMs()) - machine.trueMs) <= 1)
  }
})
