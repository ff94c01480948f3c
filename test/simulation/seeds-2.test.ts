/** The second half of the seeds that every `npm test` runs. */
import { testSeeds } from './seeds.js'

for (let from = 51; from <= 100; from += 25) testSeeds(from, 25)
