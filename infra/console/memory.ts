/** Memory: what this browser remembers of its user's choices; a browser that forbids it forgets. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`warren.${name}`) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`warren.${name}`, value)
  } catch {
    // It holds until the page is closed.
  }
}
