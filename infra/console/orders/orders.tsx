/**
 * Orders: buttons for what may be done, each with a dialog that says what will happen. A refusal is shown where
 * it was asked for; what was done is told on the page, and stays there when its subject is gone.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { post, sentence } from '../api.js'
import { addressOf, type Order } from './order.js'

interface Ordering {
  readonly buttons: ComponentChildren
  /** Belongs at the top of the page. */
  readonly notice: ComponentChildren
}

export function useOrders(orders: readonly Order[]): Ordering {
  const [asked, setAsked] = useState<Order | undefined>(undefined)
  const [said, setSaid] = useState('')
  return {
    buttons: orders.map((order) => (
      <button
        key={order.verb}
        type="button"
        class={order.isBad ? 'button bad' : 'button'}
        aria-haspopup="dialog"
        onClick={() => {
          setSaid('')
          setAsked(order)
        }}
      >
        {order.verb}
      </button>
    )),
    notice: (
      <>
        <p class={said === '' ? 'said' : 'said alarm good'} role="status">
          {said}
        </p>
        {asked && (
          <Ask
            key={asked.path}
            order={asked}
            close={(outcome = '') => {
              setAsked(undefined)
              setSaid(outcome)
            }}
          />
        )}
      </>
    ),
  }
}

interface AskProps {
  readonly order: Order
  /** Told what has happened, if something has. */
  readonly close: (outcome?: string) => void
}

function Ask({ order, close }: AskProps) {
  const { verb, title, happens, fields = [], retype, isBad, said } = order
  const dialog = useRef<HTMLDialogElement>(null)
  const [choices, setChoices] = useState<Readonly<Record<string, string>>>({})
  const [written, setWritten] = useState('')
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const isReady = retype === undefined || written.trim() === retype
  const outcome = useRef<string | undefined>(undefined)
  const carryOut = (event: Event) => {
    event.preventDefault()
    if (!isReady || isBusy) return
    setBusy(true)
    setProblem(undefined)
    post<never>(addressOf(order, choices)).then(
      (answer) => {
        outcome.current = said(answer)
        // Closed by itself it gives the focus back to its button.
        dialog.current?.close()
      },
      (error: unknown) => {
        setProblem(sentence(error))
        setBusy(false)
      },
    )
  }
  return (
    <dialog
      ref={dialog}
      class="order"
      aria-labelledby="order-title"
      aria-describedby="order-happens"
      onClose={() => close(outcome.current)}
    >
      <form method="dialog" onSubmit={carryOut}>
        <header>
          <h2 id="order-title">{title}</h2>
        </header>
        <div class="in">
          <ul id="order-happens" class="happens">
            {happens.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          {fields.map(({ name, title: what, choices: all }) => (
            <label key={name} class="choice">
              <span>{what}</span>
              <select
                class="field"
                value={choices[name] ?? ''}
                onChange={(event) => setChoices({ ...choices, [name]: event.currentTarget.value })}
              >
                {all.map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </label>
          ))}
          {retype !== undefined && (
            <label class="choice">
              <span>
                Write <b>{retype}</b> to go on
              </span>
              <input
                class="field"
                type="text"
                value={written}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => setWritten(event.currentTarget.value)}
              />
            </label>
          )}
          {problem !== undefined && (
            <p class="problem" role="alert">
              It was refused: {problem}
            </p>
          )}
          <div class="answers">
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              {problem === undefined ? 'Cancel' : 'Close'}
            </button>
            <button type="submit" class={isBad ? 'button bad full' : 'button full'} disabled={!isReady || isBusy}>
              {isBusy ? 'Asking the master …' : verb}
            </button>
          </div>
        </div>
      </form>
    </dialog>
  )
}
