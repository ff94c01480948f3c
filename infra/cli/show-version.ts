/** `warren version`: which Warren this is, and what runs it. */
import { print, printJson } from './columns.js'
import type { Command } from './command.js'
import { version } from './version.js'

export const command: Command = {
  options: [{ flags: '--json', help: 'one JSON document, with the Node that runs it' }],
  examples: ['warren version', 'warren version --json'],
  notes: 'Of the masters `warren doctor` tells the version.',
  run: ({ options }) => (options['json'] === true
    ? printJson({ schemaVersion: 1, version: version(), node: process.version, platform: process.platform })
    : print(`${version()}\n`)),
}
