/**
 * Groups: values by what they belong to, and within that by their own key: an index, so that what concerns
 * one agent or one framework costs what that has, and not what the cluster has. Empty groups vanish.
 */
export class Groups<Group, Key, Value> {
  private readonly groups = new Map<Group, Map<Key, Value>>()

  /** A value of the same group and key gives way. */
  put(group: Group, key: Key, value: Value): void {
    const known = this.groups.get(group)
    if (known) known.set(key, value)
    else this.groups.set(group, new Map([[key, value]]))
  }

  delete(group: Group, key: Key): void {
    const known = this.groups.get(group)
    if (known?.delete(key) && known.size === 0) this.groups.delete(group)
  }

  clear(group: Group): void {
    this.groups.delete(group)
  }

  /** Oldest first; nothing may be put or deleted while they are gone through. */
  of(group: Group): Iterable<Value> {
    return this.groups.get(group)?.values() ?? []
  }

  isEmpty(group: Group): boolean {
    return !this.groups.has(group)
  }
}
