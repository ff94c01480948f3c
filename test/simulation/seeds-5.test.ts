/** Part 5 of 8 of the seeds that every `npm test` runs. */
import { testSeeds } from './seeds.js'

testSeeds(5)
