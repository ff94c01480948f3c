/**
 * Columns: what people read, aligned without borders. Names come from frameworks and tasks, so nothing
 * in them may reach the terminal as a command to it.
 */
import type { Amounts } from '../../actors/resources/amounts.js'
import { EXIT } from './failure.js'

const GAP = '  '

/** A heading and its cells; the last column may be cut to the terminal's width. */
export function columns(
  headings: readonly string[], rows: readonly (readonly string[])[], showHeadings: boolean,
): string {
  const all = [...showHeadings ? [headings] : [], ...rows].map((row) => row.map(harmless))
  const widths = headings.map((_, index) => Math.max(0, ...all.map((row) => lengthOf(row[index] ?? ''))))
  const width = process.stdout.isTTY ? process.stdout.columns : Infinity
  return all.map((row) => `${cut(lineOf(row, widths), width)}\n`).join('')
}

/** One line for each thing that is known; the names aligned. */
export function facts(known: readonly (readonly [name: string, value: string | undefined])[]): string {
  const shown = known.flatMap(([name, value = '']) => (value === '' ? [] : [[name, value] as const]))
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}${GAP}${harmless(value)}\n`).join('')
}

/** `4 cpus, 4096 MB, ports [31000-31999]`; `few` leaves out what is not processors or memory. */
export function amounts(resources: Amounts, few = false): string {
  const words = Object.entries(resources).flatMap(([name, value]): string[] => {
    if (name === 'cpus') return [value === 1 ? '1 cpu' : `${value} cpus`]
    if (name === 'mem') return [`${value} MB`]
    if (few && name !== 'gpus') return []
    if (name === 'disk') return [`${value} MB disk`]
    return [typeof value === 'number' ? `${value} ${name}` : `${name} ${value}`]
  })
  return words.length === 0 ? '-' : words.join(', ')
}

const UNITS = [['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]] as const

/** How long ago: `12s`, `3m`, `2d`. @param since ISO 8601 */
export function age(since: string, nowMs = Date.now()): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1_000))
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ['s', 1]
  return `${Math.floor(seconds / length)}${unit}`
}

/** `2026-01-02T03:04:05.678Z (3m ago)`. */
export const moment = (since: string): string => `${since} (${age(since)} ago)`

/** Writes to stdout and answers success; a reader that has left (`| head`) is no failure. */
export function print(text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) =>
      (error.code === 'EPIPE' ? resolve(EXIT.ok) : reject(error)))
    process.stdout.write(text, (error) => {
      if (!error) resolve(EXIT.ok)
    })
  })
}

export const printJson = (document: unknown): Promise<number> =>
  print(`${JSON.stringify(document, null, 2)}\n`)

const lineOf = (row: readonly string[], widths: readonly number[]): string =>
  row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - lengthOf(cell))).join(GAP).trimEnd()

function cut(line: string, width: number): string {
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join('')}…`
}

const lengthOf = (text: string): number => [...text].length

/** Control characters as what they are; a line break would also break the table. */
export const harmless = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    (character === '\n' ? '⏎' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`))
