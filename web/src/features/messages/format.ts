// WhatsApp's marks in a text: *bold*, _italic_, ~strike~, `mono` and ```mono```; and links.
// Time is linear in the length of the text, whatever a stranger has written.

export type Marked =
  | { kind: 'text' | 'mono'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: Marked[] }

const marks = { '*': 'bold', _: 'italic', '~': 'strike', '`': 'mono' } as const
type Mark = keyof typeof marks

const isMark = (letter: string): letter is Mark => letter in marks
const fence = '```'
// No control of direction inside an address: it would show another one than it opens.
const address = /https?:\/\/[^\s<>"`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/iy
const trailing = /[.,;:!?'*_~)\]}»”’]+$/
const word = /[\p{L}\p{N}]/u
const space = /\s/

export function parseMarks(text: string): Marked[] {
  const parts: Marked[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf(fence, at)
    const close = open < 0 ? -1 : text.indexOf(fence, open + fence.length + 1)
    if (close < 0) break
    parts.push(...parseLines(text.slice(at, open)))
    parts.push({ kind: 'mono', text: text.slice(open + fence.length, close) })
    at = close + fence.length
  }
  parts.push(...parseLines(text.slice(at)))
  return parts
}

const anyMark = /[*_~`]/

/** The text without its marks. */
export const plainText = (text: string): string => (anyMark.test(text) ? textOf(parseMarks(text)) : text)

const textOf = (parts: Marked[]): string => parts.map((part) => ('children' in part ? textOf(part.children) : part.text)).join('')

/** Whether a preview would show anything that the text itself does not. */
export const hasMarks = (parts: Marked[]): boolean => parts.some(({ kind }) => kind !== 'text' && kind !== 'link')

/** Marks end with their line. */
function parseLines(text: string): Marked[] {
  const parts: Marked[] = []
  text.split('\n').forEach((line, index) => {
    if (index > 0) addText(parts, '\n')
    for (const part of parseLine(line, [])) {
      if (part.kind === 'text') addText(parts, part.text)
      else parts.push(part)
    }
  })
  return parts
}

function addText(parts: Marked[], text: string): void {
  if (text === '') return
  const last = parts.at(-1)
  if (last?.kind === 'text') last.text += text
  else parts.push({ kind: 'text', text })
}

function parseLine(line: string, inside: Mark[]): Marked[] {
  const parts: Marked[] = []
  // A mark that found no end finds none further on either.
  const hopeless = new Set<Mark>(inside)
  let from = 0
  let at = 0
  const flush = (part: Marked, next: number) => {
    addText(parts, line.slice(from, at))
    parts.push(part)
    from = at = next
  }
  while (at < line.length) {
    const letter = line.charAt(at)
    if ((letter === 'h' || letter === 'H') && isEdge(line, at - 1)) {
      const link = linkAt(line, at)
      if (link) {
        flush(link, at + link.text.length)
        continue
      }
    }
    if (isMark(letter) && !hopeless.has(letter) && isEdge(line, at - 1)) {
      const end = findEnd(line, letter, at)
      if (end === null) hopeless.add(letter)
      else if (end > 0) {
        const inner = line.slice(at + 1, end)
        const kind = marks[letter]
        flush(kind === 'mono' ? { kind, text: inner } : { kind, children: parseLine(inner, [...inside, letter]) }, end + 1)
        continue
      }
    }
    at += 1
  }
  addText(parts, line.slice(from))
  return parts
}

const isEdge = (line: string, at: number) => at < 0 || at >= line.length || !word.test(line.charAt(at))

/** Where the mark at `open` ends; 0 when it opens nothing, null when the line has no end for such a mark. */
function findEnd(line: string, mark: Mark, open: number): number | null {
  const first = line.charAt(open + 1)
  if (first === '' || space.test(first) || first === mark) return 0
  for (let end = line.indexOf(mark, open + 2); end > 0; end = line.indexOf(mark, end + 1)) {
    if (!space.test(line.charAt(end - 1)) && isEdge(line, end + 1)) return end
  }
  return null
}

function linkAt(line: string, at: number): { kind: 'link'; text: string; href: string } | null {
  address.lastIndex = at
  const text = address.exec(line)?.[0].replace(trailing, '')
  const href = text ? safeHref(text) : null
  return text && href ? { kind: 'link', text, href } : null
}

/** Null for what is no web address, or names a user, which hides where it leads. */
export function safeHref(text: string): string | null {
  try {
    const url = new URL(text)
    const web = url.protocol === 'https:' || url.protocol === 'http:'
    return web && !url.username && !url.password ? url.href : null
  } catch {
    return null
  }
}
