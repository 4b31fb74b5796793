// Colleagues named in a note that is being written: `@` opens the choice, a chosen name stands in the text.

export interface Mentioned {
  id: string
  name: string
}

/** What follows the `@` before the cursor, or null when none is being written. */
export function mentionAt(text: string, cursor: number): string | null {
  const begun = /(?:^|\s)@([\p{L}\p{M}\p{N}_.'’-]*(?: [\p{L}\p{M}\p{N}_.'’-]*)?)$/u.exec(text.slice(0, cursor))
  return begun ? (begun[1] ?? '') : null
}

/** The text with the name in the place of what was typed, and where the cursor goes. */
export function putMention(text: string, cursor: number, name: string): { text: string; cursor: number } {
  const start = cursor - (mentionAt(text, cursor)?.length ?? 0)
  const before = `${text.slice(0, start)}${name} `
  return { text: before + text.slice(cursor).replace(/^ /, ''), cursor: before.length }
}

/** Ids of those whose names are still in the text. */
export const mentionsIn = (text: string, chosen: Mentioned[]): string[] => [
  ...new Set(chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id)),
]

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Whether the name has these letters, whatever their case and accents. */
export const isPartOf = (letters: string, name: string): boolean => plain(name).includes(plain(letters))
