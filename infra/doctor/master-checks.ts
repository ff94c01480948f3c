/** Master checks: whether masters answer, whether one leads, and whether they are of this version. Pure. */
import type { Answered } from './question.js'
import { problem, unknown, warning, well, type Finding } from './finding.js'

/** What `/v1/cluster` answers. */
interface Told {
  readonly version?: string
  readonly cluster: { readonly cluster: string; readonly leader: string; readonly epoch: number }
}

export interface Asked {
  readonly url: string
  readonly answered: Answered
}

/**
 * @param wanted the cluster, if somebody named one
 * @param isNamed whether somebody said that there is a master: else that none answers is no fault
 * @param startOf how the one that answered there is started again, where that is known
 */
export function masterChecks(
  asked: readonly Asked[], own: string, wanted: string | undefined, isNamed: boolean,
  startOf?: (url: string) => string,
): readonly Finding[] {
  return asked.flatMap(({ url, answered }) => {
    const start = startOf ? `start it again: ${startOf(url)}`
      : 'start one with `warren master`, or name another with --master'
    if ('reason' in answered) {
      return isNamed ? [problem('master', `none answers at ${url}: ${answered.reason}`, start)]
        : [unknown('master', `none answers at ${url}`, 'start a cluster with `warren dev`, or name one with --master')]
    }
    const told = toldIn(answered.text)
    if (!told) return [problem('master', `what answers at ${url} is no Warren master`, start)]
    return [leaderCheck(url, told, wanted), versionCheck(url, told.version, own)]
  })
}

function leaderCheck(url: string, { cluster: { cluster, leader, epoch } }: Told, wanted: string | undefined): Finding {
  if (wanted !== undefined && cluster !== wanted) {
    return problem('master', `the one at ${url} is of cluster '${cluster}', not '${wanted}'`,
      `name it with --cluster ${cluster}, or another master with --master`)
  }
  if (leader === '') {
    return warning('master', `the one at ${url} knows of nobody who leads cluster '${cluster}'`,
      'wait for a moment; if that does not help, its log says what it waits for')
  }
  return well('master', `${leader} leads cluster '${cluster}' in epoch ${epoch}, says ${url}`)
}

function versionCheck(url: string, theirs: string | undefined, own: string): Finding {
  if (theirs === own) return well('version', `Warren ${own}, here and at ${url}`)
  const fix = 'let all nodes run the same version, masters first'
  return warning('version', `Warren ${own} here, ${theirs ?? 'an older one'} at ${url}`, fix)
}

function toldIn(text: string): Told | undefined {
  try {
    const told = JSON.parse(text) as Partial<Told>
    return typeof told.cluster?.cluster === 'string' ? told as Told : undefined
  } catch {
    return undefined
  }
}
