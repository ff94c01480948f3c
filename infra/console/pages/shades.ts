/** Shades: what the colour of a machine on the map stands for, and what is said of one. Pure. */
import type { AgentView } from '../../../actors/protocol/operator.js'
import type { MachineUsage } from '../../../actors/protocol/usage.js'
import { amounts, percent, plural } from '../format.js'
import { fullness } from '../fullness.js'
import { cpuPart, memPart } from '../usage/parts.js'

export type Measured = ReadonlyMap<string, MachineUsage>
/** Undefined when it is not known. */
type Part = (agent: AgentView, measured: Measured) => number | undefined
export type Shade = 'allocated' | 'cpu' | 'mem'

const measuredPart =
  (partOf: (usage: MachineUsage) => number): Part =>
  ({ id }, measured) => {
    const usage = measured.get(id)
    return usage && partOf(usage)
  }

export const SHADES: Readonly<Record<Shade, { readonly title: string; readonly part: Part }>> = {
  allocated: { title: 'what is allocated', part: ({ resources, used }) => fullness(resources, used) },
  cpu: { title: 'CPU in use', part: measuredPart(cpuPart) },
  mem: { title: 'memory in use', part: measuredPart(memPart) },
}
export const shadeOf = (text: string | null): Shade => (text === 'cpu' || text === 'mem' ? text : 'allocated')

export const wordsOf = (
  { hostname, name = hostname, state, tasks, resources, used, attributes }: AgentView,
  usage: MachineUsage | undefined,
): string =>
  [
    `${name}, ${state}`,
    `${percent(fullness(resources, used))} allocated, ${plural(tasks, 'task')}`,
    usage ? `${percent(cpuPart(usage))} of CPU and ${percent(memPart(usage))} of memory in use` : '',
    amounts(resources),
    attributes,
  ]
    .filter((line) => line !== '')
    .join('\n')
