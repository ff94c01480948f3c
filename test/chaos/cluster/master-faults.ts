/** Master faults: leaders that are killed, frozen, or too many; a token that is lost. */
import { tokenQueue } from '../../../infra/amqp/masters-topology.js'
import { between, chosen, type Fault, hold, someLeader } from './fault.js'
import { CLUSTER, CONSUMER_TIMEOUT_MS, type Stage } from './stage.js'

const NONE: readonly string[] = []

async function loseToken({ brokers }: Stage, how: 'purge_queue' | 'delete_queue'): Promise<void> {
  await brokers.servers[0]?.control(how, tokenQueue(CLUSTER))
}

export const MASTER_FAULTS: Readonly<Record<string, Fault>> = {
  'leader-killed': {
    row: '1',
    async inject(stage, random) {
      const { master } = await someLeader(stage)
      await master.kill()
      await hold(random, 0, 2_000)
      master.start()
      return NONE
    },
  },
  'leader-frozen': {
    row: '2',
    async inject(stage, random) {
      const { master, view } = await someLeader(stage)
      master.signal('SIGSTOP')
      await hold(random, 1_000, 30_000)
      master.signal('SIGCONT')
      const next = await someLeader(stage)
      return next.view.epoch < view.epoch ? [`epoch ${view.epoch} was followed by ${next.view.epoch}`] : NONE
    },
  },
  'leader-crash-loop': {
    row: '12',
    async inject(stage, random) {
      for (let left = between(random, 4, 25); left > 0; left--) {
        const { master } = await someLeader(stage)
        await master.kill()
        master.start()
      }
      return NONE
    },
  },
  'masters-together': {
    row: '13',
    async inject(stage, random) {
      await Promise.all(stage.masters.map((master) => master.kill()))
      await hold(random, 0, 3_000)
      for (const master of stage.masters) master.start()
      return NONE
    },
  },
  'token-lost': {
    row: '10',
    async inject(stage, random) {
      await loseToken(stage, chosen(random, ['purge_queue', 'delete_queue']))
      return NONE
    },
  },
  'token-lost-with-leader': {
    row: '10',
    async inject(stage, random) {
      const { master } = await someLeader(stage)
      await Promise.all([master.kill(), loseToken(stage, 'delete_queue')])
      await hold(random, 0, 15_000)
      master.start()
      return NONE
    },
  },
  /** Nothing is done, for longer than a delivery may be held here. */
  calm: {
    row: '11',
    async inject(stage) {
      const before = await someLeader(stage)
      const calmMs = CONSUMER_TIMEOUT_MS + 5_000
      await hold({ next: () => 0 }, calmMs, calmMs)
      const { view: { epoch } } = await someLeader(stage)
      const changed = `leadership changed by itself, from epoch ${before.view.epoch} to ${epoch}`
      return epoch === before.view.epoch ? NONE : [changed]
    },
  },
}
