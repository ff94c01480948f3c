/**
 * ISO: a moment as people and programs write it, `2026-01-31T12:00:00.000Z`. Integer arithmetic on the
 * milliseconds since 1970, because an actor is not to touch the machine's clock, not even its type.
 */
const DAY_MS = 86_400_000
/** Four years with the leap day at their end, a century of them without its last, and four of those. */
const FOUR_YEARS_DAYS = 1_461
const CENTURY_DAYS = 36_524
const ERA_DAYS = 146_097
/** From the first of March of the year 0, where the eras begin, to the first of January 1970. */
const EPOCH_DAYS = 719_468
/** Days of five months in a row from March on: 31, 30, 31, 30, 31. */
const FIVE_MONTHS_DAYS = 153

/** @param atMs milliseconds since 1970, whole; years 0 to 9999 */
export function isoOf(atMs: number): string {
  const days = Math.floor(atMs / DAY_MS)
  const { year, month, day } = dateOf(days)
  const ms = atMs - days * DAY_MS
  const time = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1_000) % 60]
  const clock = time.map((part) => digits(part, 2)).join(':')
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock}.${digits(ms % 1_000, 3)}Z`
}

/** The Gregorian date of a day since 1970. Years begin in March here, so that a leap day is their last. */
function dateOf(sinceEpoch: number): { year: number; month: number; day: number } {
  const days = sinceEpoch + EPOCH_DAYS
  const era = Math.floor(days / ERA_DAYS)
  const ofEra = days - era * ERA_DAYS
  const leapDays = Math.floor(ofEra / (FOUR_YEARS_DAYS - 1)) - Math.floor(ofEra / CENTURY_DAYS)
    + Math.floor(ofEra / (ERA_DAYS - 1))
  const yearOfEra = Math.floor((ofEra - leapDays) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const sinceMarch = Math.floor((5 * ofYear + 2) / FIVE_MONTHS_DAYS)
  const day = ofYear - Math.floor((FIVE_MONTHS_DAYS * sinceMarch + 2) / 5) + 1
  const month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day }
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0')
