/** The first half of the seeds that every `npm test` runs. */
import { testSeeds } from './seeds.js'

for (let from = 1; from <= 50; from += 25) testSeeds(from, 25)
