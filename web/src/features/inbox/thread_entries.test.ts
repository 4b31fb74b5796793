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

describe('what failed is marked as sent again when the same text was written later', () => {
  const ours = (id: string, body: string, status: 'failed' | 'sent' = 'sent') => message({ id, body, status, direction: 'outbound' })
  const pages = (...newestFirst: ReturnType<typeof message>[][]) => ({
    pages: newestFirst.map((messages) => ({ messages, nextCursor: 'more' })),
    pageParams: newestFirst.map(() => undefined),
  })
  const marked = (...given: Parameters<typeof entriesOf>) =>
    entriesOf(...given).flatMap((entry) => (entry.kind === 'message' && entry.resent ? [entry.key] : []))

  test('on the same page, on a newer one, or just now', () => {
    const ofBoth = [ours('m4', 'Yes'), ours('m3', 'No', 'failed'), ours('m2', 'Yes', 'failed')]
    expect(marked(pages(ofBoth), [])).toEqual(['m2'])
    expect(marked(pages([ours('m9', 'No')], ofBoth), [])).toEqual(['m2', 'm3'])
    expect(marked(pages([ours('m9', 'No', 'failed')], ofBoth), [])).toEqual(['m2', 'm3'])
    expect(marked(pages([ours('m1', 'Hi', 'failed')]), [pending(null)])).toEqual(['m1'])
  })

  test('not when it was written before, or by the customer, or is no text', () => {
    const failed = [ours('m2', 'Yes', 'failed')]
    expect(marked(pages(failed, [ours('m1', 'Yes')]), [])).toEqual([])
    expect(marked(pages([message({ id: 'm3', body: 'Yes' })], failed), [])).toEqual([])
    expect(marked(pages([{ ...ours('m3', 'Yes'), type: 'template' }], failed), [])).toEqual([])
  })

  test('and what the cached pages hold stays as it was', () => {
    const failed = pages([ours('m1', 'Hi', 'failed')])
    expect(marked(failed, [pending(null)])).toEqual(['m1'])
    expect(marked(failed, [])).toEqual([])
    expect(keys(failed, [])).toEqual(['m1'])
  })
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
