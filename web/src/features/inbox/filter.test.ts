import { describe, expect, test } from 'vitest'

import { fits, folderOf, isSameFilter, tidy } from '@/features/inbox/filter'
import { conversation } from '@/features/inbox/testing_data'

test('a folder is known whatever number and tag are asked for beside', () => {
  expect(folderOf({ status: 'open', assignee: 'me', tag: 'vip' })).toBe('mine')
  expect(folderOf({ status: 'open', unread: true })).toBe('unread')
  expect(folderOf({ status: 'open', assignee: 'somebody' })).toBeNull()
})

test('what says nothing makes no other filter', () => {
  expect(tidy({ status: 'open', tag: '', unread: false })).toEqual({ status: 'open' })
  expect(isSameFilter({ status: 'open', tag: '' }, { status: 'open' })).toBe(true)
})

describe('a conversation fits', () => {
  const mine = conversation({ assigneeId: 'me-1', status: 'open', unreadCount: 0 })
  test.each([
    [{ status: 'open' as const }, true],
    [{ status: 'resolved' as const }, false],
    [{ assignee: 'me' }, true],
    [{ assignee: 'none' }, false],
    [{ assignee: 'somebody' }, false],
    [{ phoneNumberId: 'other' }, false],
    [{ unread: true }, true],
  ])('%o: %s', (filter, wanted) => {
    expect(fits(filter, mine, 'me-1')).toBe(wanted)
  })
})
