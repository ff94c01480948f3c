/** Files: `warren task|agent files ID [PATH]`, what a directory holds where the task has run. */
import type { FilesAnswer, FileView } from '../http/file-view.js'
import { age, columns, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, segment } from './http-client.js'
import { idOf, TASK_IDS } from './inspect.js'

export type Keeper = 'task' | 'agent'

export const FILE_NOTES: Readonly<Record<Keeper, string>> = {
  task: `${TASK_IDS}\nA task's directory holds stdout, stderr, sandbox/, where its command
began, and status, by which its agent finds it again.`,
  agent: 'An agent\'s directory holds one for each launch that is still on its disk.',
}

export const filesOf = (noun: Keeper): Command => ({
  arguments: [`<${noun}>`, '[path]'],
  options: [
    { flags: '--json', help: 'one JSON document' },
    { flags: '--no-headers', help: 'leave the headings out' },
    { flags: '--quiet', help: 'paths only' },
    ...HTTP_OPTIONS,
  ],
  examples: noun === 'task' ? ['warren task files hello', 'warren task files hello sandbox --json']
    : ['warren agent files 3f9k2a-S0', 'warren agent files 3f9k2a-S0 3f9k2a-L4/sandbox'],
  notes: FILE_NOTES[noun],
  async run({ arguments: [id = '', path = ''], options }) {
    const client = clientOf(options)
    const query = new URLSearchParams({ path })
    const first = await client.get<FilesAnswer>(`/v1/${noun}s/${segment(idOf(noun, id))}/files?${query}`)
    const files = [...first.files]
    for (let { next } = first; next !== undefined;) {
      query.set('after', next)
      const page = await client.get<FilesAnswer>(`/v1/${noun}s/${segment(id)}/files?${query}`)
      files.push(...page.files)
      next = page.next
    }
    if (options['json'] === true) return printJson({ schemaVersion: first.schemaVersion, path, files })
    if (options['quiet'] === true) return print(files.map(({ name }) => `${within(path, name)}\n`).join(''))
    if (files.length > 0) return print(columns(HEADINGS, files.map(cellsOf), options['headers'] !== false))
    process.stderr.write('no files\n')
    return EXIT.ok
  },
})

const HEADINGS = ['SIZE', 'CHANGED', 'NAME']
const SIGNS = { file: '', directory: '/', link: '', other: '|' } as const

const cellsOf = ({ name, kind, size, modifiedAt, target }: FileView): readonly string[] =>
  [kind === 'file' ? String(size) : '-', age(modifiedAt), `${name}${SIGNS[kind]}${target ? ` -> ${target}` : ''}`]

const within = (path: string, name: string): string => (path === '' ? name : `${path.replace(/\/+$/, '')}/${name}`)
