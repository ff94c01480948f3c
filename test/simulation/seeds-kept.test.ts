/** Seeds that once found something, and what that was. */
import test from 'node:test'
import { testSeed } from './seeds.js'

const KEPT: readonly (readonly [seed: number, found: string, steps?: number])[] = [
  [12_407, 'a leader that has been replaced says that a task is unknown, which the next one has launched'],
  [16_351, 'an offer comes before its framework has an id'],
  [22_348, 'a launch comes to an agent after it has come back without it, and runs for nobody'],
  [49_858, 'a task is said to be unknown while the accept that launches it is on its way'],
  [50_562, 'an agent is registered by what it said before its executors ended, and goes on holding what they took'],
  [83_033, 'a copy of a launch comes to a custom executor when the task is over'],
  [501_161, 'a step is acknowledged and told to nobody, and the next one comes with a gap', 100],
  [517_394, 'a leader is refused for an epoch that the disk did not take, and is never told so', 100],
]

for (const [seed, found, steps] of KEPT) test(`seed ${seed}: ${found}`, () => testSeed(seed, steps))
