/** Being written. */
import type { Command } from './command.js'
export const listOf = (_noun: string): Command => ({ options: [], examples: [], run: async () => 1 })
