import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeText, gapText, outcomeOf } from '../../../infra/console/leader-change.js'

const master = (name: string) => ({ name, url: `http://127.0.0.1:${name}`, leading: false })
const says = (leader: string, epoch: number, leading: boolean) =>
  ({ cluster: 'c', epoch, leader, leading, agents: 0, frameworks: 0, tasks: 0, offers: 0 })

test('of two that say that they lead the one of the newer epoch does', () => {
  const [own, m1, m2] = [undefined, master('m1'), master('m2')]
  const heard = [
    { master: own, cluster: undefined }, { master: m1, cluster: says('m1', 1, true) },
    { master: m2, cluster: says('m2', 2, true) },
  ]
  assert.deepEqual([outcomeOf(heard).found?.name, outcomeOf(heard).leads?.epoch], ['m2', 2])
  assert.deepEqual(outcomeOf([{ master: m2, cluster: says('m1', 1, false) }]), { found: undefined, leads: undefined })
})

test('a gap says from when to when nothing was seen, why, and what was told afterwards', () => {
  const gap = { fromMs: 1_200, untilMs: 2_900, was: 'm1', is: 'm2' }
  assert.match(gapText(gap, 0), /^no hops seen from \d\d:\d\d:01\.200 to \d\d:\d\d:02\.900: leader m1 gone, m2 leads$/)
  assert.match(gapText(gap, 1), /, m2 leads; other nodes told 1 hop of that time afterwards$/)
  assert.match(gapText({ ...gap, is: 'm1' }, 0), /: the connection to m1 broke off$/)
  assert.match(changeText({ ...gap, epoch: 2 }),
    /^m1 was gone at .*; m2 was found at .*, in epoch 2$/)
})
