/**
 * `warren broker setup`: a user for each node of a cluster, with the rights of its role and no others, as
 * a script to read, or applied at once.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { nodeAddress } from '../../runtime/address.js'
import type { Administration } from '../amqp/administration.js'
import type { Account, Plan } from '../amqp/definitions.js'
import type { Role } from '../amqp/rights.js'
import { checkNames } from '../amqp/topology.js'
import { facts, print, printJson } from './columns.js'
import type { Call, Command, Option } from './command.js'
import { CLUSTER_OPTION, DEFAULT_CLUSTER } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { nodeNameOf, oneOf } from './node-options.js'

const WAYS = ['rabbitmqctl', 'management'] as const
const PASSWORD_BYTES = 24
const SALT_BYTES = 4
/** Stands in a URL for a password that only the broker knows. */
const UNKNOWN = 'PASSWORD'

const names = (flag: string, kind: string): Option => ({
  // `--master` and `--agent` mean other things to other commands, and so do their variables.
  flags: `${flag} <name...>`, help: `names of ${kind}`, isFlagOnly: true,
})

export const command: Command = {
  options: [
    CLUSTER_OPTION,
    names('--master', 'masters'),
    names('--agent', 'agents; each gets a second user for its executors'),
    names('--framework', 'frameworks, or of people who use `warren run`'),
    { flags: '--vhost <name>', help: 'of this cluster alone; named as the cluster unless given' },
    { flags: '--passwords <file>', help: 'lines of USER PASSWORD; what is not there is made up' },
    { flags: '--apply <way>', help: 'do it: rabbitmqctl, or management with --url', parse: oneOf('--apply', WAYS) },
    { flags: '--url <url>', help: 'of the management plugin, such as http://admin:password@host:15672' },
    { flags: '--host <host>', help: 'of the broker, in the URLs that nodes are given', fallback: 'localhost' },
    { flags: '--json', help: 'one JSON document' },
  ],
  examples: [
    'warren broker setup --cluster prod --master m1 --agent a1 a2 --framework ann',
    'warren broker setup --cluster prod --agent a3 --apply rabbitmqctl',
    'WARREN_URL=http://... warren broker setup --cluster prod --agent a3 --apply management',
  ],
  notes: 'Without --apply it prints a shell script and does nothing. Applied again it sets the same rights again;\n'
    + 'a user that exists keeps its password. Passwords that are made up are shown this once. A user is called\n'
    + 'as its node is, agent-a1, and a node that comes with it takes that name, and hears only whom the broker\n'
    + 'vouches for. `rabbitmqctl delete_user agent-a1` revokes it and ends its connections.\n\n'
    + 'Brokers that form a cluster wait a minute for one of them that freezes, and so may Warren for a leader.\n'
    + '12 s are enough, with this in the rabbitmq-env.conf of each:\n'
    + '  SERVER_ADDITIONAL_ERL_ARGS="-kernel net_ticktime 10 -kernel net_setuptime 2"',
  run,
}

async function run({ options }: Call): Promise<number> {
  const plan = planOf(options)
  const { definitionsOf, rightsIn } = await import('../amqp/definitions.js')
  const users = rightsIn(plan).map(({ user }) => user)
  const passwords = passwordsOf(users, options['passwords'] as string | undefined)
  const salt = () => randomBytes(SALT_BYTES)
  const urlOf = (user: string, password = UNKNOWN) =>
    `amqp://${user}:${encodeURIComponent(password)}@${options['host']}/${encodeURIComponent(plan.vhost)}`
  const isJson = options['json'] === true
  const administration = await administrationOf(options)
  if (!administration) {
    const { users: _, ...definitions } = definitionsOf(plan, new Map(), salt)
    const urls = users.map((user) => ({ user, broker: urlOf(user, passwords.get(user)) }))
    if (isJson) return printJson({ ...plan, users: urls, definitions })
    const { setupScript } = await import('../amqp/setup-script.js')
    return print(setupScript(definitions, passwords, notesOf(plan, urls)))
  }
  const rows = await withAdministration(async () => {
    const there = await administration.users()
    const added = new Map([...passwords].filter(([user]) => !there.has(user)))
    await administration.import(definitionsOf(plan, added, salt))
    return users.map((user) => ({
      user, password: there.has(user) ? 'kept' : 'new', broker: urlOf(user, added.get(user)),
    }))
  })
  if (isJson) return printJson({ ...plan, users: rows })
  const { cluster, vhost } = plan
  process.stderr.write(`cluster '${cluster}' is set up on vhost '${vhost}'; new passwords are shown this once\n`)
  return print(facts(rows.map(({ user, password, broker }) =>
    [user, password === 'new' ? broker : `${broker} (it was there and keeps its password)`])))
}

function planOf(options: Call['options']): Plan {
  const cluster = String(options['cluster'] ?? DEFAULT_CLUSTER)
  const of = (role: Role, flag: string): Account[] =>
    [...new Set((options[flag] ?? []) as readonly string[])].map((name) => ({ role, name: checkedName(flag, name) }))
  const agents = of('agent', 'agent')
  const executors = agents.map(({ name }): Account => ({ role: 'executors', name }))
  const accounts = [...of('master', 'master'), ...agents, ...executors, ...of('framework', 'framework')]
  if (accounts.length === 0) {
    throw new Failure(EXIT.usage, 'nobody is named: name nodes with --master, --agent and --framework')
  }
  checkLengths(cluster, accounts)
  return { cluster, vhost: String(options['vhost'] ?? cluster), accounts }
}

/** What no node could come as must not be set up. */
function checkLengths(cluster: string, accounts: readonly Account[]): void {
  try {
    for (const { role, name } of accounts) {
      if (role !== 'executors') checkNames({ cluster, self: nodeAddress(role, name, 'life') })
    }
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message)
  }
}

function checkedName(flag: string, name: string): string {
  if (name !== '' && nodeNameOf(name) === name) return name
  throw new Failure(EXIT.usage, `--${flag} '${name}' is no node name: use letters, digits, '.', '_' and '-'`)
}

async function administrationOf({ apply, url }: Call['options']): Promise<Administration | undefined> {
  if (apply === undefined) return undefined
  const { byManagement, byRabbitmqctl } = await import('../amqp/administration.js')
  if (apply === 'rabbitmqctl') return byRabbitmqctl()
  // It is not quoted: it may hold a password.
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Failure(EXIT.usage, '--apply management needs --url http://USER:PASSWORD@HOST:15672')
  }
  return byManagement(url)
}

async function withAdministration<T>(work: () => Promise<T>): Promise<T> {
  const { AdministrationError } = await import('../amqp/administration.js')
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AdministrationError)) throw error
    throw new Failure(error.isUnreachable ? EXIT.unreachable : EXIT.failed, error.message)
  }
}

/** One for each user: from the file, or made up. */
function passwordsOf(users: readonly string[], path: string | undefined): ReadonlyMap<string, string> {
  const given = path === undefined ? new Map<string, string>() : passwordsIn(path, users)
  return new Map(users.map((user) => [user, given.get(user) ?? randomBytes(PASSWORD_BYTES).toString('base64url')]))
}

function passwordsIn(path: string, users: readonly string[]): Map<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(EXIT.configuration, `--passwords '${path}' cannot be read: ${(error as Error).message}`)
  }
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return new Map(lines.map((line): [string, string] => {
    const [user = '', password, ...more] = line.split(/\s+/)
    if (password === undefined || more.length > 0) {
      throw new Failure(EXIT.configuration, `--passwords '${path}': a line is not USER PASSWORD`)
    }
    if (users.includes(user)) return [user, password]
    throw new Failure(EXIT.configuration, `--passwords '${path}': '${user}' is none of ${users.join(', ')}`)
  }))
}

const notesOf = (
  { cluster, vhost }: Plan, urls: readonly { readonly user: string; readonly broker: string }[],
): readonly string[] => [
  `Sets up cluster '${cluster}' on vhost '${vhost}'. It holds passwords: run it, give them out, and delete it.`,
  'What --broker, or WARREN_BROKER, of each node is (WARREN_EXECUTOR_BROKER of an agent for its executors):',
  ...urls.map(({ user, broker }) => `  ${user}  ${broker}`),
]
