// What a thread shows, oldest first: the server's messages with the team's notes between them, then
// what is under way.
import type { Note, Notes } from '@/features/inbox/api/notes'
import type { Pending } from '@/features/inbox/api/send'
import type { Message, Thread } from '@/features/messages'

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

// With each older page all entries are asked for again: made anew, those of a long thread would be
// garbage by the ten thousand, and clearing that away is felt while one scrolls.
const made = new WeakMap<Message, Entry>()

function entryOf(message: Message): Entry {
  const known = made.get(message)
  if (known) return known
  const entry: Entry = { kind: 'message', key: message.id, at: message.timestamp, height: estimateHeight(message.body), message }
  made.set(message, entry)
  return entry
}

export function entriesOf(thread: Thread | undefined, pending: Pending[], notes?: Notes): Entry[] {
  const messages = (thread?.pages ?? []).flatMap((page) => page.messages).reverse()
  const known = new Set(pending.length === 0 ? [] : messages.map(({ id }) => id))
  const entries = withNotes(messages.map(entryOf), notesSince(thread, messages[0], notes))
  for (const one of pending) {
    if (isShown(one, known, messages.at(-1))) continue
    const message = toMessage(one)
    const key = `pending-${one.outgoing.idempotencyKey}`
    entries.push({ kind: 'message', key, at: message.timestamp, height: estimateHeight(message.body), message, pending: one })
  }
  return markResent(entries)
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

/** Whoever wrote it: what went out after all must not be offered to be sent again. */
function markResent(entries: Entry[]): Entry[] {
  if (!entries.some((entry) => entry.kind === 'message' && entry.message.status === 'failed')) return entries
  const later = new Set<string>()
  return entries.reduceRight<Entry[]>((marked, entry) => {
    const text = entry.kind === 'message' && entry.message.direction === 'outbound' && entry.message.type === 'text'
    const resent = text && entry.message.status === 'failed' && later.has(entry.message.body)
    if (text) later.add(entry.message.body)
    marked.push(resent ? { ...entry, resent } : entry)
    return marked
  }, []).reverse()
}

/** Oldest first; those from before the oldest message come with the messages around them. */
function notesSince(thread: Thread | undefined, oldest: Message | undefined, notes: Notes | undefined): Note[] {
  const all = (notes?.pages ?? []).flatMap((page) => page.notes).reverse()
  const hasOlder = thread?.pages.at(-1)?.nextCursor != null
  const since = hasOlder && oldest ? Date.parse(oldest.timestamp) : 0
  return all.filter(({ createdAt }) => Date.parse(createdAt) >= since)
}

function withNotes(messages: Entry[], notes: Note[]): Entry[] {
  const entries: Entry[] = []
  let next = 0
  for (const note of notes) {
    // WhatsApp's times are whole seconds: a note of the same second came after the message.
    while (next < messages.length && Date.parse(messages[next]?.at ?? '') <= Date.parse(note.createdAt)) {
      entries.push(...messages.slice(next, ++next))
    }
    entries.push({ kind: 'note', key: `note-${note.id}`, at: note.createdAt, height: estimateHeight(note.text), note })
  }
  return [...entries, ...messages.slice(next)]
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
