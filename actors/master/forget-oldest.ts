/** Forget oldest: keeps a map within its limit; a map's order is the order of its age. Pure. */
export function forgetOldest<K, V>(entries: Map<K, V>, entriesMax: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= entriesMax) return
    entries.delete(key)
  }
}
