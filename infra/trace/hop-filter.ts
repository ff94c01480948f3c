/** Hop filter: which hops somebody wants to see. Knows nothing of Node, so that a browser asks the same. */
import { nodeNameIn, pathIn, type HopRecord } from './hop-record.js'

export interface HopWish {
  /** Sender or receiver: `*` is anything within a name, `**` anything at all. */
  readonly actor?: string
  /** Only these types, and none of those. */
  readonly types?: readonly string[]
  readonly hide?: readonly string[]
  /** Its id, or its name. */
  readonly framework?: string
}

/** A test of hops. Patterns may name a node (`agent-a1/agent/**`) or begin with a path (`master/allocator`). */
export function filterOf({ actor, types, hide, framework }: HopWish): (hop: HopRecord) => boolean {
  const isActor = actor === undefined ? undefined : matcherOf(actor)
  const wanted = types && types.length > 0 ? types.map(matcherOf) : undefined
  const hidden = hide && hide.length > 0 ? hide.map(matcherOf) : undefined
  return (hop) => {
    const { type, from, to } = hop
    if (wanted && !wanted.some((matches) => matches(type))) return false
    if (hidden?.some((matches) => matches(type))) return false
    if (isActor && !namesOf(to).some(isActor) && !(from !== undefined && namesOf(from).some(isActor))) return false
    return framework === undefined || isOf(framework, hop)
  }
}

/** How an actor can be called: with its life, without it, by its path alone. */
function namesOf(address: string): readonly string[] {
  const [name, path] = [nodeNameIn(address), pathIn(address)]
  return [address, `${name}/${path}`, path, name]
}

function isOf(framework: string, { framework: of, from, to }: HopRecord): boolean {
  if (of === framework) return true
  const node = `framework-${framework}`
  return nodeNameIn(to) === node || (from !== undefined && nodeNameIn(from) === node)
}

/** A leading slash says nothing more; `/master/**` holds the master as well. */
function matcherOf(pattern: string): (name: string) => boolean {
  const whole = pattern.replace(/^\//, '')
  const source = whole.split(/(\/\*\*$|\*\*|\*)/).map((part) => {
    if (part === '/**') return '(?:/.*)?'
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
  }).join('')
  const compiled = new RegExp(`^${source}$`, 'i')
  return (name) => compiled.test(name)
}
