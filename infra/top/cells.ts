/** Cells: how much room text takes on a terminal, and text made to fit. Names come from frameworks: nothing in
 * them may reach the terminal as a command to it. */

const ESCAPES = /\u001b\[[0-9;]*m/g
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const NARROW = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const WIDE = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$/u
const PICTURE = /^\p{Emoji_Presentation}$/u

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Of text that may hold colours. */
export function widthOf(text: string): number {
  let width = 0
  for (const { segment } of segments.segment(text.replace(ESCAPES, ''))) width += cellWidth(segment)
  return width
}

/** Cut with `…`, or filled with blanks; on the left for numbers. Without colours. */
export function fitted(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const plain = text.replace(CONTROL, '·')
  const blank = ' '.repeat(Math.max(0, width - widthOf(plain)))
  if (widthOf(plain) <= width) return side === 'left' ? plain + blank : blank + plain
  return cut(plain, width)
}

/** At most so wide, with `…` where something is missing. Without colours. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let [kept, used] = ['', 0]
  for (const { segment } of segments.segment(text)) {
    const wide = cellWidth(segment)
    if (used + wide > width - 1) break
    kept += segment
    used += wide
  }
  return width < 1 ? '' : `${kept}…${' '.repeat(width - used - 1)}`
}

function cellWidth(grapheme: string): number {
  const [first = ''] = grapheme
  if (NARROW.test(first)) return 0
  return WIDE.test(first) || PICTURE.test(first) ? 2 : 1
}
