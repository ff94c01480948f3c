/**
 * Setup script: what sets a cluster up on its broker, as a shell script for people to read and to run.
 *
 * A user that exists keeps its password. Passwords go through pipes that the shell itself fills: nobody
 * sees them in a list of processes.
 */
import type { Definitions } from './definitions.js'

const END = 'END_OF_DEFINITIONS'

/** @param passwords of all users; @param notes lines for people, without the comment's mark */
export function setupScript(
  definitions: Omit<Definitions, 'users'>, passwords: ReadonlyMap<string, string>, notes: readonly string[],
): string {
  const users = [...passwords].map(([user, password]) => `add_user ${quoted(user)} ${quoted(password)}`)
  return [
    '#!/bin/sh',
    ...notes.map((note) => `# ${note}`),
    'set -eu',
    'users=$(rabbitmqctl list_users --silent </dev/null | cut -f1)',
    'add_user() {',
    '  if printf \'%s\\n\' "$users" | grep -Fqx -- "$1"; then echo "user $1 is there: its password is kept"',
    '  else printf \'%s\\n\' "$2" | rabbitmqctl add_user "$1"; fi',
    '}',
    ...users,
    `rabbitmqctl import_definitions <<'${END}'`,
    rows(definitions),
    END,
    '',
  ].join('\n')
}

/** JSON with a line for each thing that is defined. */
function rows(definitions: Omit<Definitions, 'users'>): string {
  const sections = Object.entries(definitions).map(([name, section]) => {
    const lines = (section as readonly unknown[]).map((row) => `  ${JSON.stringify(row)}`)
    return `"${name}": [\n${lines.join(',\n')}\n]`
  })
  return `{\n${sections.join(',\n')}\n}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
