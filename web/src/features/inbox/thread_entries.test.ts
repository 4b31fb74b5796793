import { expect, test } from 'vitest'

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
