/** Roles: who shares the cluster, as a tree of roles and their frameworks, with the share of each. */
import type { RoleView } from '../../../actors/protocol/operator.js'
import { amounts, resourceName } from '../format.js'
import { Meter } from '../parts/bar.js'
import { Card, Page, Problem } from '../parts/page.js'
import { to } from '../route.js'
import { useRows } from '../rows.js'

export function RolesPage() {
  const { rows, isRead, problem } = useRows<RoleView>('roles')
  const ordered = [...rows].sort((left, right) => right.share - left.share || left.id.localeCompare(right.id))
  return (
    <Page title="Roles">
      <Problem text={problem} />
      <Card
        title="Dominant shares"
        aside={<span class="note">of the resource of which each has most, before weights</span>}
      >
        <div class="tree heads roles" aria-hidden="true">
          <div class="row">
            <span>Role, framework</span>
            <span>Share</span>
            <span class="num">Tasks</span>
            <span class="opt">Uses</span>
          </div>
        </div>
        {rows.length === 0 && <p class="empty">{isRead ? 'No framework has a role.' : 'Reading …'}</p>}
        <ul class="tree roles" aria-label="Roles">
          {ordered.map((role) => (
            <Role key={role.id} role={role} />
          ))}
        </ul>
      </Card>
    </Page>
  )
}

function Role({ role: { id, share, dominant, tasks, used, members } }: { readonly role: RoleView }) {
  const name = id === '*' ? '* (every framework’s)' : id
  return (
    <li>
      <div class="row">
        <span class="name">
          <a href={to('roles', id)}>
            <b>{name}</b>
          </a>
          {dominant !== '' && <span class="faint">by {resourceName(dominant)}</span>}
        </span>
        <Meter part={share} label={`Share of ${name}`} />
        <span class="num">{tasks}</span>
        <span class="opt soft">{amounts(used)}</span>
      </div>
      <ul>
        {[...members]
          .sort((left, right) => right.share - left.share)
          .map((member) => (
            <li key={member.framework}>
              <div class="row">
                <span class="name">
                  <a href={to('frameworks', member.framework)}>
                    {member.name === '' ? member.framework : member.name}
                  </a>
                </span>
                <Meter part={member.share} label={`Share of ${member.name}`} />
                <span class="num">{member.tasks}</span>
                <span class="opt soft">{amounts(member.used)}</span>
              </div>
            </li>
          ))}
      </ul>
    </li>
  )
}
