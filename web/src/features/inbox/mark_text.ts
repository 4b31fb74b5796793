// Puts WhatsApp's marks around what is selected, or takes them away again.

export interface Selected {
  text: string
  start: number
  end: number
}

/** With nothing selected the cursor is left between the marks. */
export function toggleMark({ text, start, end }: Selected, mark: string): Selected {
  const inner = text.slice(start, end)
  const size = mark.length
  if (text.slice(start - size, start) === mark && text.slice(end, end + size) === mark && start >= size) {
    return { text: text.slice(0, start - size) + inner + text.slice(end + size), start: start - size, end: end - size }
  }
  // A mark holds where it touches the words.
  const leading = inner.length - inner.trimStart().length
  const core = inner.trim()
  const from = start + (core === '' ? 0 : leading)
  const to = core === '' ? end : from + core.length
  return {
    text: text.slice(0, from) + mark + text.slice(from, to) + mark + text.slice(to),
    start: from + size,
    end: to + size,
  }
}
