/**
 * Full disk: what is written first when the journal has refused. Room is given back by ends that are acknowledged,
 * so these must not wait for what needs room itself: each launch's are tried alone.
 */
import type { LaunchId } from '../protocol/ids.js'
import { endedIn, floorOfOne, RESERVE_BYTES, type JournalEntry } from '../protocol/journal.js'
import { launchOf } from './memory.js'

export type UpdateEntry = Extract<JournalEntry, { type: 'update-queued' | 'update-acknowledged' }>

interface Waiting {
  readonly entry: UpdateEntry
}

const launchIn = (entry: UpdateEntry): LaunchId | undefined =>
  entry.type === 'update-queued' ? entry.update.launchId : launchOf(entry.updateId)

/**
 * Of the entries that matter most, those of the launch that has waited longest; undefined when none may use the
 * reserve. All steps up to a launch's end are of one floor, and stay together.
 */
export function mostNeeded<W extends Waiting>(waiting: readonly W[]): readonly W[] | undefined {
  const ended = endedIn(waiting.map(({ entry }) => entry))
  const floors = new Map(waiting.map((each) => [each, floorOfOne(each.entry, ended)]))
  const least = waiting.reduce((floor, each) => Math.min(floor, floors.get(each) ?? floor), RESERVE_BYTES)
  const first = waiting.find((each) => floors.get(each) === least)
  if (!first || least === RESERVE_BYTES) return undefined
  const launchId = launchIn(first.entry)
  return waiting.filter((each) => floors.get(each) === least && launchIn(each.entry) === launchId)
}

/** These were refused as well: others have their turn, and their own launch's later entries stay behind them. */
export function putBack<W extends Waiting>(refused: readonly W[], waiting: readonly W[]): W[] {
  const launchId = refused[0] && launchIn(refused[0].entry)
  const isLater = ({ entry }: W): boolean => launchIn(entry) === launchId
  return [...waiting.filter((each) => !isLater(each)), ...refused, ...waiting.filter(isLater)]
}
