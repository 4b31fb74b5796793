import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Colleagues } from '@/lib/live/colleagues'
import type { Present } from '@/lib/live/protocol'

const tell = vi.fn()
let colleagues: Colleagues

beforeEach(() => {
  vi.useFakeTimers()
  tell.mockReset()
  colleagues = new Colleagues(tell)
})
afterEach(() => vi.useRealTimers())

const ready = (...present: Present[]) => ({ type: 'ready' as const, workspaceId: '', lastEventId: '', resumed: false, present })
const looks = (userId: string, conversationId: string | null) => colleagues.note({ userId, state: 'online', conversationId })

test('who looks at a conversation is there until they look at another, leave or go away', () => {
  looks('lucia', 'one')
  looks('omar', 'one')
  expect(colleagues.in('one').map(({ userId }) => userId)).toEqual(['lucia', 'omar'])
  looks('lucia', 'two')
  expect(colleagues.in('one').map(({ userId }) => userId)).toEqual(['omar'])
  colleagues.note({ userId: 'omar', state: 'away', conversationId: null })
  expect(colleagues.in('one')).toEqual([])
  colleagues.note({ userId: 'lucia', state: 'offline', conversationId: null })
  expect(colleagues.in('two')).toEqual([])
})

test('typing is shown as long as the server says, and longer when they go on', () => {
  looks('lucia', 'one')
  colleagues.noteTyping('lucia', 'one', 6_000)
  expect(colleagues.in('one')).toEqual([{ userId: 'lucia', typing: true }])
  vi.advanceTimersByTime(4_000)
  colleagues.noteTyping('lucia', 'one', 6_000)
  vi.advanceTimersByTime(5_000)
  expect(colleagues.in('one')).toEqual([{ userId: 'lucia', typing: true }])
  vi.advanceTimersByTime(1_000)
  expect(colleagues.in('one')).toEqual([{ userId: 'lucia', typing: false }])
})

test('a hello on the same connection keeps where people are, and loses who is not there any more', () => {
  looks('lucia', 'one')
  looks('omar', 'one')
  colleagues.greet(ready({ userId: 'lucia', state: 'online' }))
  expect(colleagues.in('one')).toEqual([{ userId: 'lucia', typing: false }])
})

test('nothing is known after the connection is gone', () => {
  looks('lucia', 'one')
  colleagues.noteTyping('omar', 'one', 6_000)
  colleagues.forget()
  expect(colleagues.in('one')).toEqual([])
  tell.mockReset()
  vi.advanceTimersByTime(10_000)
  expect(tell).not.toHaveBeenCalled()
})

test('the same list is given until something changes', () => {
  looks('lucia', 'one')
  expect(colleagues.in('one')).toBe(colleagues.in('one'))
})
