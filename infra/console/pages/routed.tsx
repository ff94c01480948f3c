/** Routed: which page an address means. */
import { parts } from '../route.js'
import { Page } from '../parts/page.js'
import { TracePage } from '../trace/page.js'
import { ActorsPage } from './actors.js'
import { AgentPage } from './agent.js'
import { AgentsPage } from './agents.js'
import { BrokerPage } from './broker.js'
import { EventsPage } from './events.js'
import { FrameworkPage } from './framework.js'
import { FrameworksPage } from './frameworks.js'
import { LettersPage } from './letters.js'
import { OffersPage } from './offers.js'
import { OverviewPage } from './overview.js'
import { RolePage } from './role.js'
import { RolesPage } from './roles.js'
import { TaskPage } from './task.js'
import { TasksPage } from './tasks.js'
import { TopologyPage } from './topology.js'

export function Routed() {
  const [place = '', id] = parts.value
  switch (place) {
    case '':
      return <OverviewPage />
    case 'agents':
      return id === undefined ? <AgentsPage /> : <AgentPage key={id} id={id} />
    case 'topology':
      return <TopologyPage />
    case 'frameworks':
      return id === undefined ? <FrameworksPage /> : <FrameworkPage key={id} id={id} />
    case 'tasks':
      return id === undefined ? <TasksPage /> : <TaskPage key={id} id={id} />
    case 'roles':
      return id === undefined ? <RolesPage /> : <RolePage key={id} id={id} />
    case 'offers':
      return <OffersPage />
    case 'actors':
      return <ActorsPage />
    case 'events':
      return <EventsPage />
    case 'dead-letters':
      return <LettersPage />
    case 'trace':
      return <TracePage />
    case 'recording':
      return <TracePage isFile />
    case 'broker':
      return <BrokerPage />
    default:
      return (
        <Page title="Nothing here">
          <p class="empty">There is no page of this address.</p>
        </Page>
      )
  }
}
