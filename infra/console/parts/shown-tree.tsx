/**
 * Shown tree: a snapshot of any shape, unfolded as far as one wants to see. What was unfolded stays so when it is
 * read again. What is folded is not drawn.
 */
import { useState } from 'preact/hooks'
import type { Group, Shown } from '../../snapshot/tree.js'
import { isGroup, leafText, leftOut, preview, sizeText } from '../../snapshot/words.js'

/** A whole one: of a group, all that is in it. @param label for whoever hears it */
export function ShownTree({ shown, label }: { readonly shown: Shown; readonly label: string }) {
  if (!isGroup(shown)) {
    return (
      <p class="shown">
        <Leaf shown={shown} />
      </p>
    )
  }
  return (
    <div class="shown">
      <Entries group={shown} label={label} />
    </div>
  )
}

function Entries({ group, label }: { readonly group: Group; readonly label?: string }) {
  const more = leftOut(group)
  return (
    <ul aria-label={label}>
      {group.entries.map(([name, value]) => (
        <li key={name}>
          {isGroup(value) && value.size > 0 ? (
            <Branch name={name} group={value} isOpenFirst={group.size === 1} />
          ) : (
            <>
              <Name name={name} /> {isGroup(value) ? <i>{sizeText(value)}</i> : <Leaf shown={value} />}
            </>
          )}
        </li>
      ))}
      {more !== undefined && <li class="more">… {more}</li>}
      {group.size === 0 && <li class="more">{sizeText(group)}</li>}
    </ul>
  )
}

function Branch({
  name,
  group,
  isOpenFirst,
}: {
  readonly name: string
  readonly group: Group
  readonly isOpenFirst: boolean
}) {
  const [isOpen, setOpen] = useState(isOpenFirst)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} /> <i>{sizeText(group)}</i>
        {!isOpen && <Preview words={preview(group)} />}
      </summary>
      {isOpen && <Entries group={group} />}
    </details>
  )
}

const Preview = ({ words }: { readonly words: string }) =>
  words === '' ? null : <span class="preview"> · {words}</span>

const Name = ({ name }: { readonly name: string }) => <b>{name}:</b>

function Leaf({ shown }: { readonly shown: Exclude<Shown, Group> }) {
  const more = leftOut(shown)
  const isTold = typeof shown === 'object' && shown !== null && shown.kind === 'told'
  return (
    <>
      {isTold ? <i>{leafText(shown)}</i> : <span class="value">{leafText(shown)}</span>}
      {more !== undefined && <i> {more}</i>}
    </>
  )
}
