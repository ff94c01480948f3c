/** Natural option: a whole number, as an option's value. */
import { EXIT, Failure } from './failure.js'

export const naturalOption = (flag: string, max = 1_000_000) => (text: string): number => {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (number <= max) return number
  throw new Failure(EXIT.usage, `${flag} '${text}' is no whole number from 0 to ${max}`)
}
