/** Pulse: what the master says every second while somebody looks on: what has happened since, and how it fares. */

export interface Pulse {
  readonly atMs: number
  readonly rates: Readonly<Record<'launched' | 'ended' | 'offered' | 'accepted' | 'declined', number>>
  readonly own: { readonly deadLetters: number; readonly connection: string; readonly reason?: string }
}
