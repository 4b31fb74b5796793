// The conversations of all pages, counted from the first. Pages come while one scrolls: a copy of all of them would take
// longer with each.
import type { Conversation, ConversationPage } from '@/features/inbox/api/conversations'

export const countRows = (pages: ConversationPage[]): number => pages.reduce((sum, { conversations }) => sum + conversations.length, 0)

/** Those from one place to another, both included. */
export function rowsBetween(pages: ConversationPage[], first: number, last: number): Conversation[] {
  const rows: Conversation[] = []
  let start = 0
  for (const { conversations } of pages) {
    const next = start + conversations.length
    if (next > first) rows.push(...conversations.slice(Math.max(0, first - start), Math.max(0, last + 1 - start)))
    if (next > last) break
    start = next
  }
  return rows
}

/** -1 when it is not there. */
export function placeOf(pages: ConversationPage[], wanted: string): number {
  let start = 0
  for (const { conversations } of pages) {
    const at = conversations.findIndex(({ id }) => id === wanted)
    if (at >= 0) return start + at
    start += conversations.length
  }
  return -1
}
