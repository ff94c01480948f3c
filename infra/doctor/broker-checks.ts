/** Broker checks: what a look at the broker means for a cluster. Pure. */
import type { BrokerLook } from '../amqp/broker-look.js'
import type { Sight } from '../amqp/brokers-look.js'
import { CREDENTIALS_REFUSED } from '../amqp/broker-urls.js'
import type { Attempt } from '../amqp/visitor.js'
import { shellWord } from '../cli/invocation.js'
import { problem, warning, well, type Finding } from './finding.js'

/** The oldest that Warren is tried with. */
const VERSION_MIN = [3, 10] as const

/**
 * @param look or why no broker could be had
 * @param userWanted who was to come in
 */
export function brokerChecks(look: BrokerLook | Error, cluster: string, userWanted = 'guest'): readonly Finding[] {
  if (look instanceof Error) return [problem('broker', look.message, remedyOf(look, userWanted))]
  const { at, product, version, user, kind, isNew } = look
  const setup = 'give it rights: warren broker setup'
  const findings = [
    well('broker', `${product} ${version} answers at ${at}`),
    versionCheck(product, version),
    attempt('rights', look.inbox, `user '${user}' may join as ${kind === 'agent' ? 'an' : 'a'} ${kind}`,
      `user '${user}' may not join cluster '${cluster}'`, setup),
  ]
  if (look.publishing) {
    findings.push(attempt('sending', look.publishing, `user '${user}' may send to the other nodes`,
      `user '${user}' may not send to the other nodes`, setup))
  }
  if (look.blocked !== undefined) {
    findings.push(problem('room', `the broker takes no messages now: ${look.blocked}`,
      'make room on its machine, or raise its limits; `rabbitmq-diagnostics alarms` says which'))
  }
  if (look.streams) {
    findings.push(attempt('streams', look.streams, "the broker keeps streams, for the masters' log",
      "the broker makes no stream, and the masters' log is one",
      'enable them: rabbitmqctl enable_feature_flag stream_queue; or let the user declare it: warren broker setup'))
  }
  if (isNew) findings.push(well('cluster', `no node of cluster '${cluster}' has been at this broker yet`))
  return findings
}

/** Nothing of a broker that is alone. */
export function sightCheck({ brokers, blind }: Sight): readonly Finding[] {
  if (brokers < 2) return []
  if (blind.length === 0) return [well('brokers', `all ${brokers} see what the others have`)]
  return blind.map(({ made, sought }) => problem('brokers',
    `what is made at ${made} is not to be found at ${sought}: they are parted, or were never one cluster`,
    'ask each `rabbitmqctl cluster_status`; restart the one that is alone, or let it join the others'))
}

function remedyOf({ message }: Error, user: string): string {
  if (!message.includes(CREDENTIALS_REFUSED)) {
    return 'on its machine, `rabbitmq-diagnostics -q ping` says whether it is well'
  }
  const asks = `\`rabbitmqctl authenticate_user ${shellWord(user)}\` asks for a password and says whether it is right`
  return `on its machine, \`rabbitmqctl list_users\` says who may come in, and ${asks}`
}

function versionCheck(product: string, version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (product !== 'RabbitMQ') {
    return warning('broker version', `${product} is not what Warren is tried with`, 'use RabbitMQ')
  }
  const [majorMin, minorMin] = VERSION_MIN
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return well('broker version', version)
  return problem('broker version', `RabbitMQ ${version} is older than Warren is tried with`,
    `use ${VERSION_MIN.join('.')} or later`)
}

const attempt = (check: string, made: Attempt, may: string, mayNot: string, fix: string): Finding =>
  (made.ok ? well(check, may) : problem(check, `${mayNot}: ${made.reason}`, fix))
