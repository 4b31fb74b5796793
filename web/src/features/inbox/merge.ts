// Puts a fresh first page in front of pages that are already there, so that neither what one has
// scrolled to nor a place in the list is lost, and nothing is fetched twice.
import type { Conversation, ConversationList, ConversationPage } from '@/features/inbox/api/conversations'
import type { Note, Notes } from '@/features/inbox/api/notes'
import type { Message, MessagePage, Thread } from '@/features/messages'
import { changePages } from '@/lib/live/cache'

interface Paged<Item> {
  items: Item[]
  nextCursor: string | null
}

/** What has not changed stays the same object, so that its row is not drawn again. */
function keepSame<Item extends { id: string }>(fresh: Item[], old: Item[][]): Item[] {
  const ids = new Set(fresh.map(({ id }) => id))
  const known = new Map(old.flatMap((items) => items.filter(({ id }) => ids.has(id))).map((item) => [item.id, item]))
  return fresh.map((item) => {
    const before = known.get(item.id)
    return before && isSame(before, item) ? before : item
  })
}

/** The same array when none of them is in it: of very many pages it is in few. */
const without = <Item extends { id: string }>(items: Item[], ids: Set<string>): Item[] =>
  items.some(({ id }) => ids.has(id)) ? items.filter(({ id }) => !ids.has(id)) : items

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
  const [, ...rest] = old.map((page) => ({ ...page, items: without(page.items, ids) }))
  const pushedOut = first.filter((item) => !ids.has(item.id) && isOlder(item, last))
  // With one page only, the fresh cursor brings them again.
  const [second, ...others] = rest
  return second ? [fresh, { ...second, items: [...pushedOut, ...second.items] }, ...others] : [fresh]
}

const isOlderTime = (time: string | null, id: string, thanTime: string | null, thanId: string) =>
  (time ?? '') < (thanTime ?? '') || ((time ?? '') === (thanTime ?? '') && id < thanId)

export function mergeConversations(old: ConversationList | undefined, fresh: ConversationPage): ConversationList {
  const known = (old?.pages ?? []).map((page) => page.conversations)
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
  const known = (old?.pages ?? []).map((page) => page.messages)
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

/** The page of an item that is new: of the first one that is older, or the last if there are no more beyond. */
function pageFor<Item>(pages: Item[][], hasMore: boolean, isOlder: (item: Item) => boolean): number {
  const found = pages.findIndex((items) => items.some(isOlder))
  return found >= 0 || hasMore ? found : pages.length - 1
}

/** The items with one of them changed or new, in its place. */
function putIn<Item extends { id: string }>(items: Item[], item: Item, isOlder: (item: Item) => boolean): Item[] {
  const others = items.filter(({ id }) => id !== item.id)
  const at = others.findIndex(isOlder)
  return at < 0 ? [...others, item] : [...others.slice(0, at), item, ...others.slice(at)]
}

/** The one that is loaded already. Of very many pages none is copied. */
function findIn<Item extends { id: string }>(pages: Item[][], id: string): Item | undefined {
  for (const items of pages) {
    const found = items.find((item) => item.id === id)
    if (found) return found
  }
  return undefined
}

/** Pages with an item where it belongs now; the others stay the same arrays. One that lies beyond what is loaded stays away. */
function putInPages<Item extends { id: string }>(
  pages: Item[][],
  item: Item,
  { belongs, hasMore, isOlder }: { belongs: boolean; hasMore: boolean; isOlder: (item: Item, than: Item) => boolean },
): Item[][] {
  const before = findIn(pages, item.id)
  const stays = belongs && before && !isOlder(before, item) && !isOlder(item, before)
  if (stays) return pages.map((items) => (items.includes(before) ? items.map((one) => (one === before ? item : one)) : items))
  const others = pages.map((items) => without(items, new Set([item.id])))
  const isOlderThanIt = (one: Item) => isOlder(one, item)
  const at = belongs ? pageFor(others, hasMore, isOlderThanIt) : -1
  return others.map((items, index) => (index === at ? putIn(items, item, isOlderThanIt) : items))
}

function withItems<Key extends string, Item, Page extends Record<Key, Item[]>>(page: Page, key: Key, items: Item[] = []): Page {
  return items === page[key] ? page : { ...page, [key]: items }
}

/** What an event tells of a conversation, in a list; `belongs`: whether its filter lets it in. */
export function putConversation(list: ConversationList, conversation: Conversation, belongs: boolean): ConversationList {
  const loaded = list.pages.map((page) => page.conversations)
  const before = findIn(loaded, conversation.id)
  if ((!before && !belongs) || (belongs && before && isSame(before, conversation))) return list
  const items = putInPages(loaded, conversation, {
    belongs,
    hasMore: list.pages.at(-1)?.nextCursor != null,
    isOlder: (one, than) => isOlderTime(one.lastMessageAt, one.id, than.lastMessageAt, than.id),
  })
  return changePages(list, (page, index) => withItems(page, 'conversations', items[index]))
}

/** What an event tells of a message, in its thread. */
export function putMessage(thread: Thread, message: Message): Thread {
  const loaded = thread.pages.map((page) => page.messages)
  const before = findIn(loaded, message.id)
  if (before && isSame(before, message)) return thread
  const items = putInPages(loaded, message, {
    belongs: true,
    hasMore: thread.pages.at(-1)?.nextCursor != null,
    isOlder: (one, than) => isOlderTime(one.timestamp, one.id, than.timestamp, than.id),
  })
  return changePages(thread, (page, index) => withItems(page, 'messages', items[index]))
}

/** A note that was just written, by oneself or by a colleague. */
export function putNote(notes: Notes, note: Note): Notes {
  const items = putInPages(notes.pages.map((page) => page.notes), note, {
    belongs: true,
    hasMore: notes.pages.at(-1)?.nextCursor != null,
    isOlder: (one, than) => isOlderTime(one.createdAt, one.id, than.createdAt, than.id),
  })
  return changePages(notes, (page, index) => withItems(page, 'notes', items[index]))
}

/** A message that was just sent, before the next look at the server. */
export function addMessage(old: Thread | undefined, message: Message): Thread | undefined {
  const [first, ...rest] = old?.pages ?? []
  if (!old || !first || old.pages.some(({ messages }) => messages.some(({ id }) => id === message.id))) return old
  return { ...old, pages: [{ ...first, messages: [message, ...first.messages] }, ...rest] }
}

/** True when both would be drawn the same, so that nothing has to be. */
export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
