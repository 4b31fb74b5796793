// What a thread shows, oldest first: the server's messages, then those that are under way.
import type { Pending } from '@/features/inbox/api/send'
import type { Message, Thread } from '@/features/messages'

export interface Entry {
  key: string
  message: Message
  /** Of a message that the server has not got yet. */
  pending?: Pending
}

// Once the server has named a message its thread will show it; by then it may be on a page not loaded.
const shownWithinMs = 60_000

export function entriesOf(thread: Thread | undefined, pending: Pending[]): Entry[] {
  const messages = (thread?.pages ?? []).flatMap((page) => page.messages).reverse()
  const known = new Set(messages.map(({ id }) => id))
  const entries: Entry[] = messages.map((message) => ({ key: message.id, message }))
  for (const one of pending) {
    if (one.messageId !== null && (known.has(one.messageId) || isPast(one, messages.at(-1)))) continue
    entries.push({ key: `pending-${one.outgoing.idempotencyKey}`, message: toMessage(one), pending: one })
  }
  return entries
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

const lineHeight = 20
const charactersALine = 44

/** Before it is measured: about what the bubble will need, px. */
export function estimateHeight(entry: Entry | undefined): number {
  const body = entry?.message.body.slice(0, 1_200) ?? ''
  return 40 + lineHeight * Math.min(30, Math.max(1, Math.ceil(body.length / charactersALine)))
}
