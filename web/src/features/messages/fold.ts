// The beginning of a long text, cut where no letter is split.
const foldedCharacters = 1_200
const foldedLines = 18

/** Null when the text is short enough to be shown whole. */
export function foldText(text: string): string | null {
  let end = text.length > foldedCharacters ? foldedCharacters : text.length
  let line = -1
  for (let count = 0; count < foldedLines; count += 1) {
    line = text.indexOf('\n', line + 1)
    if (line < 0) break
  }
  if (line >= 0 && line < end) end = line
  if (end >= text.length) return null
  // not between the two halves of one code point
  const last = text.charCodeAt(end - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? end - 1 : end)
}
