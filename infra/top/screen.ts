/**
 * Screen: a terminal that shows one frame at a time. It takes the other screen, so that what was there before is
 * there again afterwards, however this process ends.
 */
import type { Size } from './frame.js'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'
/** A terminal that does not say how large it is. */
const FALLBACK = { columns: 80, rows: 24 }
/** What a terminal sends for one key, or several that were pressed at once. */
const KEY = /\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu

export interface Keyboard extends NodeJS.EventEmitter {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  resume(): unknown
  pause(): unknown
}

export interface Display extends NodeJS.EventEmitter {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

export class Screen {
  private isOpen = false
  private last = ''

  constructor(
    private readonly display: Display, private readonly keyboard: Keyboard,
    private readonly pressed: (key: string) => void, private readonly resized: () => void,
  ) {}

  get size(): Size {
    const { columns, rows } = this.display
    return { columns: columns || FALLBACK.columns, rows: rows || FALLBACK.rows }
  }

  open(): void {
    this.isOpen = true
    this.display.write(ENTER)
    this.display.on('resize', this.onResize)
    if (this.keyboard.isTTY) {
      this.keyboard.setRawMode?.(true)
      this.keyboard.on('data', this.onData)
      this.keyboard.resume()
    }
    process.once('exit', this.close)
  }

  show(lines: readonly string[]): void {
    if (!this.isOpen) return
    // Each line is cleared before it is written: behind a full one, the cursor still stands on its last character.
    const rest = lines.length < this.size.rows ? `\r\n${REST_OF_SCREEN}` : ''
    const text = `${HOME}${lines.map((line) => `${REST_OF_LINE}${line}`).join('\r\n')}${rest}`
    if (text !== this.last) this.display.write(text)
    this.last = text
  }

  readonly close = (): void => {
    if (!this.isOpen) return
    this.isOpen = false
    process.removeListener('exit', this.close)
    this.display.removeListener('resize', this.onResize)
    if (this.keyboard.isTTY) {
      this.keyboard.removeListener('data', this.onData)
      this.keyboard.setRawMode?.(false)
      this.keyboard.pause()
    }
    this.display.write(LEAVE)
  }

  private readonly onResize = (): void => {
    // Terminals differ in what they leave on the screen.
    this.last = ''
    this.resized()
  }

  private readonly onData = (data: Buffer | string): void => {
    for (const [key] of String(data).matchAll(KEY)) this.pressed(key)
  }
}
