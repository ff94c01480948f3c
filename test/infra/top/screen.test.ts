import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { Screen } from '../../../infra/top/screen.js'

class Terminal extends EventEmitter {
  columns = 40
  rows = 10
  written = ''

  write(text: string): void {
    this.written += text
  }
}

class Keys extends EventEmitter {
  readonly isTTY = true
  readonly calls: string[] = []

  setRawMode(raw: boolean): void {
    this.calls.push(`raw ${raw}`)
  }

  resume(): void {
    this.calls.push('resume')
  }

  pause(): void {
    this.calls.push('pause')
  }
}

function opened() {
  const [terminal, keys, pressed, resized] = [new Terminal(), new Keys(), [] as string[], { times: 0 }]
  const screen = new Screen(terminal, keys, (key) => pressed.push(key), () => { resized.times++ })
  screen.open()
  return { terminal, keys, pressed, resized, screen }
}

test('the other screen is taken, and what was there before is given back, once', () => {
  const { terminal, keys, screen } = opened()
  assert.ok(terminal.written.startsWith('\u001b[?1049h\u001b[?25l'))
  screen.close()
  const { written } = terminal
  assert.ok(written.endsWith('\u001b[?25h\u001b[?1049l'))
  screen.close()
  screen.show(['late'])
  assert.equal(terminal.written, written)
  assert.deepEqual(keys.calls, ['raw true', 'resume', 'raw false', 'pause'])
  assert.deepEqual([terminal.listenerCount('resize'), keys.listenerCount('data')], [0, 0])
})

test('a frame that is as the one before is not written again, but for a terminal that has changed its size', () => {
  const { terminal, resized, screen } = opened()
  screen.show(['a', 'b'])
  const { length } = terminal.written
  assert.ok(terminal.written.endsWith('\u001b[H\u001b[Ka\r\n\u001b[Kb\r\n\u001b[J'))
  screen.show(['a', 'b'])
  assert.equal(terminal.written.length, length)
  terminal.columns = 60
  terminal.emit('resize')
  assert.deepEqual([resized.times, screen.size.columns], [1, 60])
  screen.show(['a', 'b'])
  assert.ok(terminal.written.length > length)
  screen.close()
})

test('keys are told one by one, also those that a terminal sends as several characters', () => {
  const { keys, pressed, screen } = opened()
  keys.emit('data', Buffer.from('cj\u001b[B\u001b[5~q'))
  assert.deepEqual(pressed, ['c', 'j', '\u001b[B', '\u001b[5~', 'q'])
  screen.close()
})
