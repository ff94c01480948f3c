/** Launcher host: a launcher in an OS process of its own, that a test can kill without a word. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LauncherEvent } from '../../../actors/protocol/machine.js'
import type { Ref } from '../../../runtime/address.js'
import { openLauncher } from '../../../infra/agent/launcher.js'

const SELF = fileURLToPath(import.meta.url)

/** Starts `line` as the launch `a` in a process that is dead when this resolves; the launch is not. */
export async function launchAndDie(workDir: string, line: string): Promise<number> {
  const host: ChildProcess = fork(SELF, [workDir, line])
  const [event] = (await once(host, 'message')) as [LauncherEvent]
  host.kill('SIGKILL')
  await once(host, 'exit')
  if (event.type !== 'started') throw new Error(JSON.stringify(event))
  return event.pid
}

if (process.argv[1] === SELF && process.send) {
  const [, , workDir = '', line = ''] = process.argv
  const launcher = openLauncher({ workDir, tell: (_to, event) => process.send?.(event) })
  const replyTo = 'test@1/host' as Ref<LauncherEvent>
  launcher.request({ type: 'start', launchId: 'a', program: { shell: line }, environment: {}, replyTo })
}
