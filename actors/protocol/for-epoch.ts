/** For epoch: which leadership something is said to. */
import { natural, optional } from '../../runtime/schema.js'

/**
 * Of the leader that it is said to, where it matters: words that come late may find the same master leading again,
 * after others, and they know nothing of what happened meanwhile.
 */
export const forEpoch = optional(natural)
