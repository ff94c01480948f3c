/** Random: the port of chance. Its twins are the machine's generator and a seeded one. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** `length` characters of [0-9a-z], for names that should not collide. */
export function randomName(random: Random, length: number): string {
  let name = ''
  while (name.length < length) name += Math.floor(random.next() * 36).toString(36)
  return name
}

/** Mulberry32: a small generator, the same sequence for the same seed on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
    },
  }
}
