/** Browser: the files of a task, or of all launches of an agent, where they lie: directories, and a file in sight. */
import { useEffect, useRef } from 'preact/hooks'
import type { FileView } from '../../http/file-view.js'
import { bytes } from '../format.js'
import { Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { Ago } from '../parts/time.js'
import { query } from '../route.js'
import { useListing } from './listing.js'
import { above, fileAddress, placeOf, steps, within, type Keeper } from './path.js'
import { Viewer } from './viewer.js'

interface FilesProps extends Keeper {
  /** What the outermost directory is called. */
  readonly home: string
  /** Whether they may still change. */
  readonly isLive: boolean
}

export function Files({ noun, id, home, isLive }: FilesProps) {
  const keeper = { noun, id }
  const dir = query.value.get('dir') ?? ''
  const file = query.value.get('file') ?? undefined
  const listed = useListing(keeper, dir, isLive)
  const crumbs = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  // The link that was followed is gone with its directory; whoever works by keys goes on from here.
  useEffect(() => {
    if (!isFirst.current) crumbs.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [dir])
  return (
    <section class="card files" aria-label="Files and directories">
      <header>
        <h2>Files</h2>
        <nav class="path" aria-label="Directory" ref={crumbs} tabIndex={-1}>
          <Step path="" name={home} isHere={dir === ''} />
          {steps(dir).map(({ name, path }) => (
            <span key={path}>
              {' / '}
              <Step path={path} name={name} isHere={path === dir} />
            </span>
          ))}
        </nav>
      </header>
      <div class="in">
        <Problem text={listed.problem} />
        {listed.problem === undefined && (
          <Table
            noun="file"
            name="files"
            rows={listed.files}
            isRead={listed.isRead}
            columns={columnsOf(keeper, dir, file)}
            idOf={({ name }) => name}
            order={{ key: 'name', descending: false }}
            empty="The directory is empty."
            isShort={listed.files.length < 12}
            tools={
              listed.hasMore && (
                <button type="button" class="button small" onClick={listed.readMore}>
                  There are more
                </button>
              )
            }
          />
        )}
        {file !== undefined && <Viewer key={file} keeper={keeper} path={file} />}
      </div>
    </section>
  )
}

function Step({ path, name, isHere }: { readonly path: string; readonly name: string; readonly isHere: boolean }) {
  return isHere ? (
    <b aria-current="location">{name}</b>
  ) : (
    <a href={placeOf(here(), { dir: path })} data-stay>
      {name}
    </a>
  )
}

const here = (): string => `${location.pathname}${location.search}`
const SIGNS = { directory: '▸', file: '', link: '↪', other: '◇' } as const

function columnsOf(keeper: Keeper, dir: string, open: string | undefined): readonly Column<FileView>[] {
  return [
    {
      key: 'name',
      title: 'Name',
      // Directories first.
      value: ({ name, kind }) => `${kind === 'directory' ? '0' : '1'}${name}`,
      cell: (entry) => <Name entry={entry} dir={dir} isOpen={open === within(dir, entry.name)} />,
    },
    {
      key: 'size',
      title: 'Size',
      width: '104px',
      isNumber: true,
      value: ({ size, kind }) => (kind === 'file' ? size : -1),
      cell: ({ size, kind }) => (kind === 'file' ? bytes(size) : ''),
    },
    {
      key: 'changed',
      title: 'Changed',
      isMinor: true,
      width: '124px',
      value: ({ modifiedAt }) => Date.parse(modifiedAt),
      cell: ({ modifiedAt }) => <Ago at={modifiedAt} />,
    },
    {
      key: 'get',
      title: 'Download',
      isMinor: true,
      width: '116px',
      value: () => '',
      cell: ({ name, kind }) =>
        kind === 'file' && (
          <a
            href={fileAddress(keeper, within(dir, name), { download: '1' })}
            download={name}
            aria-label={`Download ${name}`}
          >
            Download
          </a>
        ),
    },
  ]
}

function Name({ entry, dir, isOpen }: { readonly entry: FileView; readonly dir: string; readonly isOpen: boolean }) {
  const { name, kind, target } = entry
  const path = within(dir, name)
  const sign = SIGNS[kind] !== '' && <i aria-hidden="true">{SIGNS[kind]} </i>
  if (kind === 'directory') {
    return (
      <a href={placeOf(here(), { dir: path })} data-stay>
        {sign}
        {name}
        <span class="hidden"> directory</span>
      </a>
    )
  }
  return (
    <>
      {kind === 'other' ? (
        <span>
          {sign}
          {name} <span class="faint">not a file</span>
        </span>
      ) : (
        <a
          href={placeOf(here(), { dir: above(path), file: path })}
          data-stay
          aria-current={isOpen ? 'true' : undefined}
        >
          {sign}
          {name}
        </a>
      )}
      {target !== undefined && <span class="faint"> leads to {target}</span>}
    </>
  )
}
