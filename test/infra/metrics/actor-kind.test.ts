import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actorKind } from '../../../infra/metrics/actor-kind.js'
import type { Ref } from '../../../runtime/address.js'

test('actors are told by what they are, and never by an id', () => {
  const kinds: readonly (readonly [string, string])[] = [
    ['master-m1@k3x9/master', 'master'], ['master-m1@k3x9/master/allocator', 'allocator'],
    ['agent-a1@k3x9/agent', 'agent'], ['agent-a1@k3x9/agent/updates', 'updates'],
    ['agent-a1@k3x9/agent/3f9k-0001-17', 'runner'], ['framework-f@k3x9/scheduler', 'scheduler'],
    ['executor-e@k3x9/executor', 'executor'], ['framework-f@k3x9/scheduler/mine', 'other'],
    ['agent-a1@k3x9/vitals', 'vitals'], ['agent-a1@k3x9/mine', 'other'],
  ]
  for (const [actor, kind] of kinds) assert.equal(actorKind(actor as Ref<never>), kind, actor)
})
