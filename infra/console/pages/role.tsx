/** Role: one share group: who of it is asked first, and why the others wait. */
import { percent } from '../format.js'
import { FrameworkReasons, useExplained } from '../parts/explanation.js'
import { Card, Page, Problem } from '../parts/page.js'
import { to } from '../route.js'

export function RolePage({ id }: { readonly id: string }) {
  const { explained, problem } = useExplained('role', id)
  return (
    <Page title={id === '*' ? '* (every framework’s)' : id} above={[[['roles'], 'Roles']]}>
      <Problem text={problem} />
      {!explained && problem === undefined && <p class="empty">Reading …</p>}
      {explained && (
        <p class="note">
          It has {percent(explained.role.share)} of the cluster. Its frameworks are asked in the order of their shares.
        </p>
      )}
      {explained?.frameworks.map((framework) => (
        <Card
          key={framework.framework}
          title={framework.name}
          aside={<a href={to('frameworks', framework.framework)}>the framework</a>}
        >
          <FrameworkReasons framework={framework} />
        </Card>
      ))}
      {explained && explained.frameworksMore > 0 && (
        <p class="note">… and {explained.frameworksMore} more frameworks.</p>
      )}
    </Page>
  )
}
