/** Being written. */
import type { Command } from './command.js'
export const inspectOf = (_noun: string): Command => ({ options: [], examples: [], run: async () => 1 })
