/** Event names: what agents and frameworks are called in events, also those that have ended since. */
import type { HistoryEntry } from '../../actors/protocol/operator.js'
import type { NameOf } from './event-words.js'
import type { Questions } from './questions.js'

/** Names that one reader of events has at hand; beyond it the oldest are left out of sentences. */
export const EVENT_NAMES_MAX = 10_000

export class EventNames {
  private readonly names = new Map<string, string>()

  /** Those that are there now. */
  static async open(questions: Questions): Promise<EventNames> {
    const names = new EventNames()
    for (const { id, name, hostname } of await questions.list('agents')) names.learn(id, name ?? hostname)
    for (const { id, name } of await questions.list('frameworks')) names.learn(id, name)
    return names
  }

  /** From entries in their order: who is admitted has a name, and may come back under another. */
  hear(entries: readonly HistoryEntry[]): void {
    for (const { happening } of entries) {
      if (happening.type === 'agent-admitted') {
        const { info: { name, hostname } } = happening
        this.learn(happening.agentId, name ?? hostname)
      } else if (happening.type === 'framework-admitted') this.learn(happening.frameworkId, happening.info.name)
    }
  }

  readonly of: NameOf = (id) => this.names.get(id)

  private learn(id: string, name: string): void {
    this.names.delete(id)
    this.names.set(id, name)
    if (this.names.size <= EVENT_NAMES_MAX) return
    for (const oldest of this.names.keys()) {
      this.names.delete(oldest)
      return
    }
  }
}
