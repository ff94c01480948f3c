/** Views: clusters as masters tell of them, for tests of what is drawn. */
import type { AgentView, FrameworkView, OverviewView } from '../../../actors/protocol/operator.js'
import { fold, NOTHING_YET, type TopState } from '../../../infra/top/state.js'

export const agent = (id: string, more: Partial<AgentView> = {}): AgentView => ({
  id: id as AgentView['id'], hostname: `host-${id}`, state: 'active', connection: 'connected', attributes: '', tasks: 1,
  resources: { cpus: 4, mem: 8_192 }, used: { cpus: 1, mem: 512 }, offered: {}, ...more,
})

export const framework = (id: string, more: Partial<FrameworkView> = {}): FrameworkView => ({
  id: id as FrameworkView['id'], name: `name-${id}`, state: 'active', roles: [], suppressed: [],
  used: { cpus: 0.5, mem: 64 }, tasks: 2, subscribedAt: '2026-01-31T12:00:00.000Z', ...more,
})

export const OVERVIEW: OverviewView = {
  cluster: 'prod', leader: 'm1', leading: true, epoch: 7, agents: { active: 2 }, frameworks: { active: 1 },
  tasks: { RUNNING: 3, FINISHED: 40, STAGING: 0 }, offers: 1, away: [],
  resources: { total: { cpus: 8, mem: 16_384 }, used: { cpus: 2, mem: 1_024 }, offered: { cpus: 4 } },
}

export const pulse = (atMs: number, launched: number) => ({
  atMs, rates: { launched, ended: 1, offered: 4, accepted: 2, declined: 0 },
  own: { deadLetters: 0, connection: 'connected' },
})

export function clusterOf(agents: readonly AgentView[], frameworks: readonly FrameworkView[]): TopState {
  return [
    { type: 'overview', overview: OVERVIEW } as const, { type: 'masters', masters: ['m2', 'm1', 'm3'] } as const,
    { type: 'list', what: 'agents', rows: agents } as const,
    { type: 'list', what: 'frameworks', rows: frameworks } as const,
    ...[0, 1_000, 2_000].map((atMs) => ({ type: 'pulse', pulse: pulse(atMs, 3) }) as const),
  ].reduce(fold, NOTHING_YET)
}
