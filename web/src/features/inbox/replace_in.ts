// Puts something in the place of a part of a text that may have been edited since.
import type { Selected } from '@/features/inbox/mark_text'

interface Part {
  /** The text that the places are of. */
  before: string
  start: number
  end: number
}

/** The text and selection afterwards; null when the part itself was edited or is gone. */
export function replaceIn({ text, start, end }: Selected, part: Part, by: string): Selected | null {
  const at = placeNow(text, part)
  if (at === null) return null
  const to = at + (part.end - part.start)
  const shift = by.length - (to - at)
  // The cursor stays with what is being typed.
  const move = (place: number) => (place > to ? place + shift : place >= at ? at + by.length : place)
  return { text: text.slice(0, at) + by + text.slice(to), start: move(start), end: move(end) }
}

function placeNow(text: string, { before, start, end }: Part): number | null {
  if (text.startsWith(before.slice(0, end))) return start
  const shifted = start + text.length - before.length
  return shifted >= 0 && text.endsWith(before.slice(start)) ? shifted : null
}
