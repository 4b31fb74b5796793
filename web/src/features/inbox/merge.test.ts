import { describe, expect, test } from 'vitest'

import type { Conversation } from '@/features/inbox/api/conversations'
import { addMessage, mergeConversations, mergeMessages, putConversation, putMessage, putNote } from '@/features/inbox/merge'
import { conversation, message } from '@/features/inbox/testing_data'

const at = (minute: number) => `2026-11-26T10:${String(minute).padStart(2, '0')}:00Z`
const one = (minute: number, change: Partial<Conversation> = {}) =>
  conversation({ id: `c${minute}`, lastMessageAt: at(minute), ...change })
const list = (...pages: Conversation[][]) => ({
  pages: pages.map((conversations, index) => ({ conversations, nextCursor: `cursor-${index}` })),
  pageParams: pages.map((_, index) => (index === 0 ? undefined : `cursor-${index - 1}`)),
})
const ids = ({ pages }: ReturnType<typeof mergeConversations>) => pages.map((page) => page.conversations.map(({ id }) => id))

describe('mergeConversations', () => {
  test('a conversation of a later page that moved to the top is there once', () => {
    const old = list([one(9), one(8)], [one(7), one(6)])
    const fresh = { conversations: [one(6, { lastMessageAt: at(10) }), one(9)], nextCursor: 'fresh' }
    expect(ids(mergeConversations(old, fresh))).toEqual([['c6', 'c9'], ['c8', 'c7']])
  })

  test('what is gone from the fresh page, and not pushed out of it, is gone', () => {
    const old = list([one(9), one(8), one(7)], [one(6)])
    const fresh = { conversations: [one(9), one(7), one(5)], nextCursor: 'fresh' }
    expect(ids(mergeConversations(old, fresh))).toEqual([['c9', 'c7', 'c5'], ['c6']])
  })

  test('pages that nothing has left are not copied', () => {
    const old = list([one(9), one(8)], [one(7)], [one(6), one(5)], [one(4)])
    const fresh = { conversations: [one(6, { lastMessageAt: at(10) }), one(9)], nextCursor: 'fresh' }
    const merged = mergeConversations(old, fresh)
    expect(ids(merged)).toEqual([['c6', 'c9'], ['c8', 'c7'], ['c5'], ['c4']])
    expect(merged.pages[3]?.conversations).toBe(old.pages[3]?.conversations)
  })

  test('after a gap only the fresh page holds', () => {
    const old = list([one(2), one(1)], [one(0)])
    const fresh = { conversations: [one(9), one(8)], nextCursor: 'fresh' }
    expect(ids(mergeConversations(old, fresh))).toEqual([['c9', 'c8']])
  })

  test('with one page its cursor is the fresh one', () => {
    const merged = mergeConversations(list([one(2), one(1)]), { conversations: [one(3), one(2)], nextCursor: 'fresh' })
    expect(merged.pages).toEqual([{ conversations: [one(3), one(2)].map((c) => ({ ...c, windowExpiresAt: expect.any(String) })), nextCursor: 'fresh' }])
  })

  test('without an old list, and at the end of all, the fresh page is all there is', () => {
    const fresh = { conversations: [one(1)], nextCursor: null }
    expect(ids(mergeConversations(undefined, fresh))).toEqual([['c1']])
    expect(ids(mergeConversations(list([one(1)], [one(0)]), fresh))).toEqual([['c1']])
  })
})

describe('what an event tells changes no page but that of its item', () => {
  const changed = <Page>(now: { pages: Page[] }, old: { pages: Page[] }) =>
    now.pages.flatMap((page, index) => (page === old.pages[index] ? [] : [index]))

  test('a conversation', () => {
    const old = list([one(9), one(8)], [one(7), one(6)], [one(5), one(4)])
    const resolved = putConversation(old, one(6, { status: 'resolved' }), true)
    expect(ids(resolved)).toEqual(ids(old))
    expect(changed(resolved, old)).toEqual([1])
    const moved = putConversation(old, one(5, { lastMessageAt: at(10) }), true)
    expect(ids(moved)).toEqual([['c5', 'c9', 'c8'], ['c7', 'c6'], ['c4']])
    expect(changed(moved, old)).toEqual([0, 2])
    const gone = putConversation(old, one(7), false)
    expect(ids(gone)).toEqual([['c9', 'c8'], ['c6'], ['c5', 'c4']])
    expect(changed(gone, old)).toEqual([1])
  })

  test('and none when it lies beyond what is loaded', () => {
    const old = list([one(9), one(8)], [one(7)])
    expect(putConversation(old, one(1), true)).toBe(old)
  })

  test('a message', () => {
    const said = (minute: number, status = 'sent') => message({ id: `m${minute}`, timestamp: at(minute), status })
    const old = { pages: [{ messages: [said(3)], nextCursor: 'a' }, { messages: [said(2), said(1)], nextCursor: null }], pageParams: [undefined, 'a'] }
    expect(changed(putMessage(old, said(1, 'read')), old)).toEqual([1])
    expect(changed(putMessage(old, said(4)), old)).toEqual([0])
  })

  test('a note', () => {
    const note = (minute: number) => ({
      id: `n${minute}`, conversationId: 'conversation-1', author: { kind: 'user' as const, id: 'user-1', name: 'Olga' }, text: 'Call', mentions: [], createdAt: at(minute),
    })
    const old = { pages: [{ notes: [note(3)], nextCursor: 'a' }, { notes: [note(1)], nextCursor: null }], pageParams: [undefined, 'a'] }
    expect(changed(putNote(old, note(2)), old)).toEqual([1])
  })
})

describe('messages', () => {
  const said = (minute: number, status = 'sent') => message({ id: `m${minute}`, timestamp: at(minute), status })

  test('a state that changed is taken, what was loaded above stays', () => {
    const old = { pages: [{ messages: [said(3), said(2)], nextCursor: 'a' }, { messages: [said(1)], nextCursor: null }], pageParams: [undefined, 'a'] }
    const merged = mergeMessages(old, { messages: [said(4), said(3, 'read')], nextCursor: 'b' })
    expect(merged.pages.flatMap(({ messages }) => messages.map(({ id, status }) => `${id} ${status}`))).toEqual([
      'm4 sent', 'm3 read', 'm2 sent', 'm1 sent',
    ])
    expect(merged.pages.at(-1)?.nextCursor).toBeNull()
  })

  test('one that was just sent is added once', () => {
    const thread = { pages: [{ messages: [said(1)], nextCursor: null }], pageParams: [undefined] }
    const added = addMessage(thread, said(2))
    expect(added?.pages[0]?.messages.map(({ id }) => id)).toEqual(['m2', 'm1'])
    expect(addMessage(added, said(2))).toBe(added)
    expect(addMessage(undefined, said(2))).toBeUndefined()
  })
})
