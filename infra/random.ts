/** Random: the machine's own generator, good enough for names and jitter, never for secrets. */
import type { Random } from '../runtime/random.js'

export const systemRandom: Random = { next: () => Math.random() }
