/** Task: one launch of a task: where it runs, how it went from state to state, and what it writes. */
import type { TaskView } from '../../../actors/protocol/operator.js'
import { amounts } from '../format.js'
import { Files } from '../files/browser.js'
import { taskOrders } from '../orders/order.js'
import { useOrders } from '../orders/orders.js'
import { EventList } from '../parts/event-list.js'
import { Mark } from '../parts/mark.js'
import { Output } from '../parts/output.js'
import { TaskWhy } from '../parts/explanation.js'
import { Card, Facts, Missing, Page, Problem } from '../parts/page.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { TaskUse } from '../usage/card.js'
import { useOne } from '../rows.js'

const LIVE: ReadonlySet<string> = new Set(['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'UNREACHABLE'])

/** @param id a launch, or whatever the interface understands as a task */
export function TaskPage({ id }: { readonly id: string }) {
  const { row: task, isRead, problem } = useOne<TaskView>('task', id)
  const isLive = task !== undefined && LIVE.has(task.state)
  const orders = useOrders(task ? taskOrders(task) : [])
  return (
    <Page
      title={task?.name ?? id}
      above={[[['tasks'], 'Tasks']]}
      beside={task && <Mark state={task.state} />}
      actions={orders.buttons}
    >
      {orders.notice}
      <Problem text={problem} />
      {!task ? (
        <>
          <Missing isRead={isRead} what="such task" />
          {isRead && <TaskWhy id={id} />}
        </>
      ) : (
        <>
          <div class="grid">
            <Card title="Task">
              <Facts
                facts={[
                  ['Id', <code key="i">{task.id}</code>],
                  ['Launch', <code key="l">{task.launch}</code>],
                  [
                    'Framework',
                    <a key="f" href={to('frameworks', task.framework)}>
                      {task.framework}
                    </a>,
                  ],
                  [
                    'Agent',
                    <a key="a" href={to('agents', task.agent)}>
                      {task.agent}
                    </a>,
                  ],
                  ['Role', task.role],
                  ['Needs', amounts(task.resources)],
                  ['Uses now', isLive && <TaskUse key="u" agent={task.agent} launch={task.launch} />],
                  ['Command', <code key="c">{task.command}</code>],
                  ['Launched', <Ago key="t" at={task.launchedAt} />],
                  ['Exit code', task.exitCode === undefined ? undefined : String(task.exitCode)],
                  ['Signal', task.signal],
                  ['Message', task.message],
                ]}
              />
            </Card>
            <Card title="History">
              <EventList
                query={`task=${encodeURIComponent(task.id)}&framework=${encodeURIComponent(task.framework)}&limit=100`}
                keep={({ launch }) => launch === undefined || launch === task.launch}
              />
            </Card>
          </div>
          <TaskWhy id={task.launch} key={task.state} />
          <Output key={task.launch} launch={task.launch} />
          <Files noun="task" id={task.launch} home={task.id} isLive={isLive} />
        </>
      )}
    </Page>
  )
}
