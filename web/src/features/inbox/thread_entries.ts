// What a thread shows, oldest first: the server's messages with the team's notes between them, then
// what is under way.
import type { Note, Notes } from '@/features/inbox/api/notes'
import type { Pending } from '@/features/inbox/api/send'
import type { Message, MessagePage, Thread } from '@/features/messages'

export interface MessageEntry {
  kind: 'message'
  key: string
  at: string
  /** px it will need, about. */
  height: number
  message: Message
  /** Of a message that the server has not got yet. */
  pending?: Pending
  /** It failed, and the same text was written again. */
  resent?: true
}
interface NoteEntry {
  kind: 'note'
  key: string
  at: string
  height: number
  note: Note
}
export type Entry = MessageEntry | NoteEntry

// Once the server has named a message its thread will show it; by then it may be on a page not loaded.
const shownWithinMs = 60_000

const lineHeight = 20
const charactersALine = 44
const charactersMax = 1_200 // more is folded

interface PageEntries {
  /** Oldest first. */
  entries: MessageEntry[]
  /** Of what we wrote. */
  texts: string[]
  /** Those of them that failed. */
  failed: string[]
}

// With each older page all entries are asked for again: made anew, those of a long thread would be
// garbage by the ten thousand, and clearing that away is felt while one scrolls.
const made = new WeakMap<Message, MessageEntry>()
const madeOf = new WeakMap<MessagePage, PageEntries>()

function entryOf(message: Message): MessageEntry {
  const known = made.get(message)
  if (known) return known
  const entry: MessageEntry = { kind: 'message', key: message.id, at: message.timestamp, height: estimateHeight(message.body), message }
  made.set(message, entry)
  return entry
}

function entriesOfPage(page: MessagePage): PageEntries {
  const known = madeOf.get(page)
  if (known) return known
  const entries = page.messages.map(entryOf).reverse()
  const written = page.messages.filter(isText)
  const bodies = (messages: Message[]) => messages.map(({ body }) => body)
  const ofPage = { entries, texts: bodies(written), failed: bodies(written.filter(hasFailed)) }
  madeOf.set(page, ofPage)
  return ofPage
}

const isText = ({ direction, type }: Message) => direction === 'outbound' && type === 'text'
const hasFailed = ({ status }: Message) => status === 'failed'

export function entriesOf(thread: Thread | undefined, pending: Pending[], notes?: Notes): Entry[] {
  const pages = (thread?.pages ?? []).map(entriesOfPage)
  const shown = new Set(shownOf(thread, pending))
  const waiting = pending.filter((one) => !shown.has(one)).map(entryOfPending)
  const messages = markResent(pages, waiting).reverse().flat()
  const entries = withNotes(messages, notesSince(thread, messages[0]?.message, notes))
  entries.push(...waiting)
  return entries
}

function entryOfPending(pending: Pending): MessageEntry {
  const message = toMessage(pending)
  const key = `pending-${pending.outgoing.idempotencyKey}`
  return { kind: 'message', key, at: message.timestamp, height: estimateHeight(message.body), message, pending }
}

/** Of what was sent, that for which the thread needs no bubble of its own any more. */
export function shownOf(thread: Thread | undefined, pending: Pending[]): Pending[] {
  if (pending.length === 0) return []
  const messages = (thread?.pages ?? []).flatMap((page) => page.messages)
  const known = new Set(messages.map(({ id }) => id))
  return pending.filter((one) => isShown(one, known, messages[0]))
}

const isShown = (one: Pending, known: Set<string>, newest: Message | undefined): boolean =>
  one.messageId !== null && (known.has(one.messageId) || isPast(one, newest))

/** Each page's entries. Whoever wrote it: what went out after all must not be offered to be sent again. */
function markResent(newestFirst: PageEntries[], waiting: MessageEntry[]): MessageEntry[][] {
  const failed = new Set(newestFirst.flatMap((page) => page.failed))
  const later = new Set(waiting.map(({ message }) => message).filter(isText).map(({ body }) => body))
  const mark = (entry: MessageEntry): MessageEntry => {
    const { message } = entry
    const isResent = isText(message) && hasFailed(message) && later.has(message.body)
    if (isText(message)) later.add(message.body)
    return isResent ? { ...entry, resent: true } : entry
  }
  return newestFirst.map((page) => {
    if (page.failed.length > 0) return [...page.entries].reverse().map(mark).reverse()
    if (failed.size > 0) for (const text of page.texts) if (failed.has(text)) later.add(text)
    return page.entries
  })
}

/** Oldest first; those from before the oldest message come with the messages around them. */
function notesSince(thread: Thread | undefined, oldest: Message | undefined, notes: Notes | undefined): Note[] {
  const all = (notes?.pages ?? []).flatMap((page) => page.notes).reverse()
  const hasOlder = thread?.pages.at(-1)?.nextCursor != null
  const since = hasOlder && oldest ? Date.parse(oldest.timestamp) : 0
  return all.filter(({ createdAt }) => Date.parse(createdAt) >= since)
}

function withNotes(messages: Entry[], notes: Note[]): Entry[] {
  if (notes.length === 0) return messages
  const entries: Entry[] = []
  let next = 0
  for (const note of notes) {
    // WhatsApp's times are whole seconds: a note of the same second came after the message.
    while (next < messages.length && Date.parse(messages[next]?.at ?? '') <= Date.parse(note.createdAt)) {
      entries.push(...messages.slice(next, ++next))
    }
    entries.push({ kind: 'note', key: `note-${note.id}`, at: note.createdAt, height: estimateHeight(note.text), note })
  }
  return entries.concat(messages.slice(next))
}

const isPast = ({ outgoing }: Pending, newest: Message | undefined) =>
  newest !== undefined && Date.parse(newest.timestamp) > Date.parse(outgoing.at) + shownWithinMs

const toMessage = ({ outgoing, messageId }: Pending): Message => ({
  id: messageId ?? outgoing.idempotencyKey,
  waMessageId: null,
  conversationId: outgoing.conversationId,
  direction: 'outbound',
  type: outgoing.kind,
  status: 'queued',
  body: outgoing.shown,
  timestamp: outgoing.at,
})

/** Before it is measured: about what the bubble will need, px. */
function estimateHeight(text: string): number {
  const lines = Math.ceil(Math.min(charactersMax, text.length) / charactersALine)
  return 40 + lineHeight * Math.min(30, Math.max(1, lines))
}
