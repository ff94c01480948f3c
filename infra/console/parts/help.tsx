/** Help: the keys, and the switch for them. */
import { useEffect, useRef } from 'preact/hooks'
import { areOn, isHelpOpen, PLACES, switchShortcuts } from '../shortcuts.js'

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'to the filter'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['T', 'light or dark'],
  ['Esc', 'close'],
  ['?', 'this help'],
]

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const close = () => {
    isHelpOpen.value = false
  }
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <header>
        <h2 id="help-title">Keys</h2>
        <button type="button" class="button small" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <div class="in">
        <div class="keys">
          {Object.entries(PLACES).map(([key, [, title]]) => (
            <div key={key}>
              <span>{title}</span>
              <span>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </span>
            </div>
          ))}
        </div>
        <div class="keys">
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <span>{what}</span>
              <kbd>{key}</kbd>
            </div>
          ))}
        </div>
        <p class="note">
          A filter takes several words; <code>-word</code> leaves out, <code>state:failed</code> looks in one column.
        </p>
        <label>
          <input type="checkbox" checked={areOn.value} onChange={switchShortcuts} /> Use these keys
        </label>
      </div>
    </dialog>
  )
}
