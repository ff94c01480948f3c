/** Framework: one framework, its tasks and what happened to it. */
import type { FrameworkView, TaskView } from '../../../actors/protocol/operator.js'
import { amounts } from '../format.js'
import { frameworkOrders } from '../orders/order.js'
import { useOrders } from '../orders/orders.js'
import { EventList } from '../parts/event-list.js'
import { Mark } from '../parts/mark.js'
import { FrameworkWhy } from '../parts/explanation.js'
import { Card, Facts, Page, Problem } from '../parts/page.js'
import { Ago } from '../parts/time.js'
import { useOne, useRows } from '../rows.js'
import { TaskTable } from './tasks.js'

export function FrameworkPage({ id }: { readonly id: string }) {
  const { row, isRead, problem } = useOne<FrameworkView>('framework', id)
  const keep = (task: TaskView) => task.framework === id
  const tasks = useRows<TaskView>('tasks', { query: `framework=${encodeURIComponent(id)}`, keep })
  const orders = useOrders(row ? frameworkOrders(row) : [])
  return (
    <Page
      title={row?.name ?? id}
      above={[[['frameworks'], 'Frameworks']]}
      beside={row && <Mark state={row.state} />}
      actions={orders.buttons}
    >
      {orders.notice}
      <Problem text={problem} />
      {isRead && !row && <p class="note">This framework has ended. What is still known of it stands below.</p>}
      {row && (
        <Card title="Framework">
          <Facts
            facts={[
              ['Id', <code key="id">{row.id}</code>],
              ['Roles', row.roles.join(', ')],
              ['Wants no offers for', row.suppressed.join(', ')],
              ['Needs', row.needs && amounts(row.needs)],
              ['Uses', amounts(row.used)],
              ['Live tasks', String(row.tasks)],
              ['Subscribed', <Ago key="at" at={row.subscribedAt} />],
            ]}
          />
        </Card>
      )}
      {row && <FrameworkWhy id={id} />}
      <h2>Tasks</h2>
      <TaskTable {...tasks} problem={isRead && !row ? undefined : tasks.problem} isShort />
      <Card title="What happened to it">
        <EventList query={`framework=${encodeURIComponent(id)}&limit=50`} />
      </Card>
    </Page>
  )
}
