/** Meant resource: which of the resources that Warren knows itself somebody has probably mistyped. */
import { nearest } from '../../runtime/nearest.js'

const KNOWN = ['cpus', 'mem', 'disk', 'ports', 'gpus']

/** What people call them elsewhere. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['cpu', 'cpus'], ['core', 'cpus'], ['cores', 'cpus'], ['memory', 'mem'], ['ram', 'mem'], ['storage', 'disk'],
  ['port', 'ports'],
])

/** Undefined when it is one of these, or a name of its own. */
export function resourceMeantBy(name: string): string | undefined {
  if (KNOWN.includes(name)) return undefined
  const word = name.toLowerCase()
  const close = nearest(word, KNOWN)
  return ELSEWHERE.get(word) ?? (close !== undefined && isSlip(word, close) ? close : undefined)
}

/** A letter too many or too few, or letters that changed places; another letter makes another word, such as `tpus`. */
function isSlip(word: string, meant: string): boolean {
  const [short = '', long = ''] = [word, meant].sort((left, right) => left.length - right.length)
  if (short.length === long.length) return [...short].sort().join() === [...long].sort().join()
  return [...long].some((_, index) => long.slice(0, index) + long.slice(index + 1) === short)
}
