import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Exit, LauncherEvent } from '../../../actors/protocol/machine.js'
import { type Launcher, openLauncher } from '../../../infra/agent/launcher.js'
import { Inbox } from './inbox.js'
import { launchAndDie } from './launcher-host.js'
import { pipeTo, temporaryDirectory } from './temporary.js'

interface NextLife {
  readonly launcher: Launcher
  readonly inbox: Inbox<LauncherEvent>
  adopt(): Promise<LauncherEvent>
}

function nextLife(t: TestContext, workDir: string): NextLife {
  const inbox = new Inbox<LauncherEvent>()
  const launcher = openLauncher({ workDir, tell: inbox.tell, survivorCheckMs: 20 })
  t.after(() => launcher.close())
  return {
    launcher,
    inbox,
    adopt() {
      launcher.request({ type: 'adopt', launchId: 'a', replyTo: inbox.ref })
      return inbox.next()
    },
  }
}

const exited = (exit: Exit): LauncherEvent => ({ type: 'exited', launchId: 'a', exit })
const vanished: LauncherEvent = { type: 'vanished', launchId: 'a' }

test('a task outlives kill -9 of its launcher and is found again', async (t) => {
  const workDir = temporaryDirectory(t)
  const ready = pipeTo(workDir, 'ready')
  const pid = await launchAndDie(workDir, `: >${ready.path}; exec sleep 600`)
  await ready.closed
  const { launcher, inbox, adopt } = nextLife(t, workDir)
  assert.deepEqual(await adopt(), { type: 'started', launchId: 'a', pid, directory: `${workDir}/tasks/a` })
  launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGTERM' })
  assert.deepEqual(await inbox.next(), exited({ signal: 'SIGTERM' }))
  assert.deepEqual(await adopt(), exited({ signal: 'SIGTERM' }))
})

test('an adopted task that ends by itself is reported with its code', async (t) => {
  const workDir = temporaryDirectory(t)
  const go = `${workDir}/go`
  const ready = pipeTo(workDir, 'ready')
  await launchAndDie(workDir, `mkfifo ${go}; : >${ready.path}; read word <${go}; exit 5`)
  await ready.closed
  const { inbox, adopt } = nextLife(t, workDir)
  assert.equal((await adopt()).type, 'started')
  await writeFile(go, 'go\n')
  assert.deepEqual(await inbox.next(), exited({ code: 5 }))
})

test('an adopted task can be killed with SIGKILL', async (t) => {
  const workDir = temporaryDirectory(t)
  const [held, ready] = [pipeTo(workDir, 'held'), pipeTo(workDir, 'ready')]
  const deaf = `trap '' TERM; exec 4>${held.path}; : >${ready.path}; while :; do sleep 600; done`
  await launchAndDie(workDir, deaf)
  await ready.closed
  const { launcher, inbox, adopt } = nextLife(t, workDir)
  assert.equal((await adopt()).type, 'started')
  launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  assert.deepEqual(await inbox.next(), exited({ signal: 'SIGKILL' }))
  await held.closed
  assert.deepEqual(await adopt(), exited({ signal: 'SIGKILL' }))
})

test('a group that somebody killed while no agent looked has vanished', async (t) => {
  const workDir = temporaryDirectory(t)
  const [held, ready] = [pipeTo(workDir, 'held'), pipeTo(workDir, 'ready')]
  const pid = await launchAndDie(workDir, `exec 4>${held.path}; : >${ready.path}; exec sleep 600`)
  await ready.closed
  process.kill(-pid, 'SIGKILL')
  await held.closed
  const { inbox, adopt } = nextLife(t, workDir)
  const first = await adopt()
  // The shim may take a moment longer to die than what it watched.
  assert.deepEqual(first.type === 'started' ? await inbox.next() : first, vanished)
  assert.deepEqual(await adopt(), vanished)
})

test('when the shim of an adopted task is killed, the task has vanished and is ended', async (t) => {
  const workDir = temporaryDirectory(t)
  const [held, ready] = [pipeTo(workDir, 'held'), pipeTo(workDir, 'ready')]
  const pid = await launchAndDie(workDir, `exec 4>${held.path}; : >${ready.path}; exec sleep 600`)
  await ready.closed
  const { inbox, adopt } = nextLife(t, workDir)
  assert.equal((await adopt()).type, 'started')
  process.kill(pid, 'SIGKILL')
  assert.deepEqual(await inbox.next(), vanished)
  await held.closed
  assert.deepEqual(await adopt(), vanished)
})

test('a task whose pid was never recorded is found by its mark', async (t) => {
  const workDir = temporaryDirectory(t)
  const ready = pipeTo(workDir, 'ready')
  const pid = await launchAndDie(workDir, `: >${ready.path}; exec sleep 600`)
  await ready.closed
  writeFileSync(`${workDir}/tasks/a/status`, '')
  const { launcher, inbox, adopt } = nextLife(t, workDir)
  const event = await adopt()
  assert.equal(event.type === 'started' && event.pid, pid)
  launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  assert.deepEqual(await inbox.next(), exited({ signal: 'SIGKILL' }))
})

test('a pid that now belongs to somebody else is neither the task nor signalled', async (t) => {
  const workDir = temporaryDirectory(t)
  const ready = pipeTo(workDir, 'ready')
  const pid = await launchAndDie(workDir, `: >${ready.path}; exec sleep 600`)
  await ready.closed
  const other = temporaryDirectory(t)
  const stranger = nextLife(t, other)
  stranger.launcher.request({
    type: 'start', launchId: 'a', program: { shell: 'true' }, environment: {}, replyTo: stranger.inbox.ref,
  })
  await stranger.inbox.next()
  await stranger.inbox.next()
  writeFileSync(`${other}/tasks/a/status`, `${pid}\n`)
  assert.deepEqual(await stranger.adopt(), vanished)
  const owner = nextLife(t, workDir)
  assert.equal((await owner.adopt()).type, 'started')
  owner.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  assert.deepEqual(await owner.inbox.next(), exited({ signal: 'SIGKILL' }))
})

test('a launch that nobody knows has vanished', async (t) => {
  assert.deepEqual(await nextLife(t, temporaryDirectory(t)).adopt(), vanished)
})

test('a launcher that still runs it answers an adoption to whoever asks now', async (t) => {
  const { launcher, inbox, adopt } = nextLife(t, temporaryDirectory(t))
  const program = { argv: ['sleep', '600'] }
  launcher.request({ type: 'start', launchId: 'a', program, environment: {}, replyTo: inbox.ref })
  assert.deepEqual(await inbox.next(), await adopt())
  launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  assert.deepEqual(await inbox.next(), exited({ signal: 'SIGKILL' }))
})

test('of another boot nothing is looked for: whoever has the pid or the mark now is left alone', async (t) => {
  const workDir = temporaryDirectory(t)
  const ready = pipeTo(workDir, 'ready')
  const pid = await launchAndDie(workDir, `: >${ready.path}; exec sleep 600`)
  t.after(() => process.kill(-pid, 'SIGKILL'))
  await ready.closed
  const { launcher, inbox, adopt } = nextLife(t, workDir)
  launcher.request({ type: 'adopt', launchId: 'a', rebooted: true, replyTo: inbox.ref })
  assert.deepEqual(await inbox.next(), vanished)
  assert.ok(process.kill(pid, 0))
  assert.deepEqual(await adopt(), vanished, 'it is on disk')
})

test('what had ended before the boot is told as it was', async (t) => {
  const workDir = temporaryDirectory(t)
  const { launcher, inbox } = nextLife(t, workDir)
  const program = { shell: 'exit 5' }
  launcher.request({ type: 'start', launchId: 'a', program, environment: {}, replyTo: inbox.ref })
  await inbox.next()
  await inbox.next()
  launcher.request({ type: 'adopt', launchId: 'a', rebooted: true, replyTo: inbox.ref })
  assert.deepEqual(await inbox.next(), exited({ code: 5 }))
})
