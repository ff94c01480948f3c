/** Being written. */
import type { Command } from './command.js'
export const command: Command = { options: [], examples: [], run: async () => 1 }
