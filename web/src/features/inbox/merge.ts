// Puts a fresh first page in front of pages that are already there, so that neither what one has
// scrolled to nor a place in the list is lost, and nothing is fetched twice.
import type { ConversationList, ConversationPage } from '@/features/inbox/api/conversations'
import type { Message, MessagePage, Thread } from '@/features/messages'

interface Paged<Item> {
  items: Item[]
  nextCursor: string | null
}

/** What has not changed stays the same object, so that its row is not drawn again. */
function keepSame<Item extends { id: string }>(fresh: Item[], old: Item[]): Item[] {
  const known = new Map(old.map((item) => [item.id, item]))
  return fresh.map((item) => {
    const before = known.get(item.id)
    return before && isSame(before, item) ? before : item
  })
}

/** Null when there is a gap between the fresh page and the old ones: then only the fresh one holds. */
function mergePages<Item extends { id: string }>(
  fresh: Paged<Item>,
  old: Paged<Item>[],
  isOlder: (item: Item, than: Item) => boolean,
): Paged<Item>[] | null {
  const last = fresh.items.at(-1)
  const ids = new Set(fresh.items.map(({ id }) => id))
  const first = old[0]?.items ?? []
  if (!last || fresh.nextCursor === null || !first.some(({ id }) => ids.has(id))) return null
  const [, ...rest] = old.map((page) => ({ ...page, items: page.items.filter(({ id }) => !ids.has(id)) }))
  const pushedOut = first.filter((item) => !ids.has(item.id) && isOlder(item, last))
  // With one page only, the fresh cursor brings them again.
  const [second, ...others] = rest
  return second ? [fresh, { ...second, items: [...pushedOut, ...second.items] }, ...others] : [fresh]
}

const isOlderTime = (time: string | null, id: string, thanTime: string | null, thanId: string) =>
  (time ?? '') < (thanTime ?? '') || ((time ?? '') === (thanTime ?? '') && id < thanId)

export function mergeConversations(old: ConversationList | undefined, fresh: ConversationPage): ConversationList {
  const known = (old?.pages ?? []).flatMap((page) => page.conversations)
  const pages = mergePages(
    { items: keepSame(fresh.conversations, known), nextCursor: fresh.nextCursor },
    (old?.pages ?? []).map(({ conversations, nextCursor }) => ({ items: conversations, nextCursor })),
    (one, than) => isOlderTime(one.lastMessageAt, one.id, than.lastMessageAt, than.id),
  )
  if (!pages) return { pages: [fresh], pageParams: [undefined] }
  return {
    pages: pages.map(({ items, nextCursor }) => ({ conversations: items, nextCursor })),
    pageParams: (old?.pageParams ?? [undefined]).slice(0, pages.length),
  }
}

export function mergeMessages(old: Thread | undefined, fresh: MessagePage): Thread {
  const known = (old?.pages ?? []).flatMap((page) => page.messages)
  const pages = mergePages<Message>(
    { items: keepSame(fresh.messages, known), nextCursor: fresh.nextCursor },
    (old?.pages ?? []).map(({ messages, nextCursor }) => ({ items: messages, nextCursor })),
    (one, than) => isOlderTime(one.timestamp, one.id, than.timestamp, than.id),
  )
  if (!pages) return { pages: [fresh], pageParams: [undefined] }
  return {
    pages: pages.map(({ items, nextCursor }) => ({ messages: items, nextCursor })),
    pageParams: (old?.pageParams ?? [undefined]).slice(0, pages.length),
  }
}

/** A message that was just sent, before the next look at the server. */
export function addMessage(old: Thread | undefined, message: Message): Thread | undefined {
  const [first, ...rest] = old?.pages ?? []
  if (!old || !first || old.pages.some(({ messages }) => messages.some(({ id }) => id === message.id))) return old
  return { ...old, pages: [{ ...first, messages: [message, ...first.messages] }, ...rest] }
}

/** True when both would be drawn the same, so that nothing has to be. */
export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
