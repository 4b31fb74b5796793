import { describe, expect, test } from 'vitest'

import type { Note } from '@/features/inbox/api/notes'
import type { Pending } from '@/features/inbox/api/send'
import { message } from '@/features/inbox/testing_data'
import { entriesOf } from '@/features/inbox/thread_entries'

const pending = (messageId: string | null, at = '2026-11-26T10:05:00Z'): Pending => ({
  id: 1,
  failure: null,
  messageId,
  outgoing: { kind: 'text', conversationId: 'c', idempotencyKey: 'key', at, shown: 'Hi', body: { contactId: 'p', body: 'Hi' } },
})
const thread = (...messages: ReturnType<typeof message>[]) => ({ pages: [{ messages, nextCursor: 'more' }], pageParams: [undefined] })
const keys = (...given: Parameters<typeof entriesOf>) => entriesOf(...given).map(({ key }) => key)

test('oldest first, what is under way last', () => {
  const both = thread(message({ id: 'm2' }), message({ id: 'm1' }))
  expect(keys(both, [pending(null)])).toEqual(['m1', 'm2', 'pending-key'])
})

test('a message that the thread shows is not there twice', () => {
  expect(keys(thread(message({ id: 'm9' })), [pending('m9')])).toEqual(['m9'])
})

test('until the thread shows it, the bubble stays', () => {
  expect(keys(thread(message()), [pending('m9')])).toEqual(['message-1', 'pending-key'])
})

test('one that was sent long before the newest does not come back at the end', () => {
  const later = thread(message({ id: 'm99', timestamp: '2026-11-26T12:00:00Z' }))
  expect(keys(later, [pending('m9')])).toEqual(['m99'])
})

test('one that failed stays, however old', () => {
  const later = thread(message({ id: 'm99', timestamp: '2026-11-26T12:00:00Z' }))
  expect(keys(later, [pending(null)])).toEqual(['m99', 'pending-key'])
})

describe('notes', () => {
  const note = (id: string, createdAt: string): Note => ({
    id, createdAt, conversationId: 'c', text: 'Call her', mentions: [], author: { kind: 'user', id: 'u', name: 'Ada' },
  })
  const notes = (...given: Note[]) => ({ pages: [{ notes: given, nextCursor: null }], pageParams: [undefined] })
  const two = thread(message({ id: 'm2', timestamp: '2026-11-26T10:02:00Z' }), message({ id: 'm1', timestamp: '2026-11-26T10:00:00Z' }))

  test('stand where they were written', () => {
    const both = notes(note('n2', '2026-11-26T10:03:00Z'), note('n1', '2026-11-26T10:00:00.500Z'))
    expect(keys(two, [], both)).toEqual(['m1', 'note-n1', 'm2', 'note-n2'])
  })

  test('from before the messages that are loaded wait for them', () => {
    expect(keys(two, [], notes(note('n0', '2026-11-26T09:00:00Z')))).toEqual(['m1', 'm2'])
  })
})
