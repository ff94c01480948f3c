/**
 * Module runner: runs an executor that is a file, by the Node and the command line of the agent itself.
 *
 * The file may be named by a path or by a `file:` URL, which is what a framework's author gets from
 * `new URL('executor.ts', import.meta.url).href`.
 */
import { fileURLToPath } from 'node:url'
import type { ModuleRunner } from '../../actors/executor/process-state.js'

/** The command line, as a program to start. */
export const LAUNCHER = fileURLToPath(new URL('../../../infra/bin/warren.mjs', import.meta.url))

/** @param environment what a process of this machine needs in order to join the agent's cluster */
export const moduleRunner = (environment: Readonly<Record<string, string>>): ModuleRunner => ({
  program: (file) => ({ argv: [process.execPath, LAUNCHER, 'executor', file] }),
  environment: (self) => ({ ...environment, WARREN_AGENT_REF: self }),
})
