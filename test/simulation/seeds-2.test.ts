/** The second half of the seeds that every `npm test` runs. */
import { testSeeds } from './seeds.js'

for (let from = 101; from <= 200; from += 50) testSeeds(from, 50)
