export * from '../protocol/machine.js'
export type JournalRequest<Entry> = {
  readonly type: 'append'
  readonly entries: readonly Entry[]
  readonly token: number
  readonly replyTo: import('../../runtime/address.js').Ref<JournalEvent>
}
export type JournalEvent =
  | { readonly type: 'journaled'; readonly token: number }
  | { readonly type: 'journal-failed'; readonly token: number; readonly reason: string }
