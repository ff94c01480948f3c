/**
 * Returned state: what a behaviour gave back, if it is a state. One that forgets to return its state has a bug;
 * carrying on without one would hide it.
 */

/** @param behaviour what the fault calls it */
export function returnedState<State>(state: State, behaviour: string): State {
  if (state === undefined) {
    throw new Error(`${behaviour} returned no state: return one in every case, also when nothing has changed`)
  }
  if (state instanceof Promise) {
    throw new Error(`${behaviour} is async: it returned a promise, no state; what it waits for must come as a message`)
  }
  return state
}
