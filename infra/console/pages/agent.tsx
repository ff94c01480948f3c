/** Agent: one machine, its tasks and its actors. */
import type { AgentView, TaskView } from '../../../actors/protocol/operator.js'
import { Files } from '../files/browser.js'
import { agentOrders, drainOf } from '../orders/order.js'
import { useOrders } from '../orders/orders.js'
import { ResourceBars } from '../parts/bar.js'
import { EventList } from '../parts/event-list.js'
import { Mark } from '../parts/mark.js'
import { Card, Facts, Missing, Page, Problem } from '../parts/page.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { useOne, useRows } from '../rows.js'
import { Usage } from '../usage/card.js'
import { TaskTable } from './tasks.js'

export function AgentPage({ id }: { readonly id: string }) {
  const { row, isRead, problem } = useOne<AgentView>('agent', id)
  const keep = (task: TaskView) => task.agent === id
  const tasks = useRows<TaskView>('tasks', { query: `agent=${encodeURIComponent(id)}`, keep })
  const orders = useOrders(row ? agentOrders(row) : [])
  const drain = row && drainOf(row)
  const isGone = row?.state === 'gone'
  return (
    <Page
      title={row?.name ?? row?.hostname ?? id}
      above={[[['agents'], 'Agents']]}
      beside={row && <Mark state={row.state} />}
      actions={
        row && (
          <>
            <a class="button" href={`${to('actors')}?node=${encodeURIComponent(`agent-${row.name ?? row.hostname}`)}`}>
              Its actors
            </a>
            {orders.buttons}
          </>
        )
      }
    >
      {orders.notice}
      {drain && (
        <p class="alarm warn" role="status">
          {drain}
        </p>
      )}
      <Problem text={problem} />
      {!row ? (
        <Missing isRead={isRead} what="such agent" />
      ) : (
        <>
          {!isGone && <Usage agent={row} tasks={tasks.rows} />}
          <div class="grid">
            {!isGone && (
              <Card title="Allocated and offered">
                <ResourceBars total={row.resources} used={row.used} offered={row.offered} />
              </Card>
            )}
            <Card title="Machine">
              <Facts
                facts={[
                  ['Id', <code key="id">{row.id}</code>],
                  ['Host', row.hostname],
                  ['Connection', isGone ? undefined : row.connection],
                  ['Gone', row.goneAt && <Ago key="gone" at={row.goneAt} />],
                  ['To be empty by', row.deadline && new Date(row.deadline).toLocaleString()],
                  ['Attributes', row.attributes],
                  ['Ports', String(row.resources['ports'] ?? '')],
                  ['Tasks', String(row.tasks)],
                  ['In the cluster', row.admittedAt && <Ago key="at" at={row.admittedAt} />],
                ]}
              />
            </Card>
          </div>
        </>
      )}
      <h2>Tasks</h2>
      <TaskTable {...tasks} isShort />
      <Card title="What happened here">
        <EventList query={`agent=${encodeURIComponent(id)}&limit=50`} />
      </Card>
      {row && !isGone && <Files noun="agent" id={row.id} home="launches" isLive={row.connection === 'connected'} />}
    </Page>
  )
}
