import { expect, test } from 'vitest'

import { isTooLong, readSettings } from '@/features/workspace/settings'

const nothing = {
  showUnassigned: false,
  optOut: { stopAdded: [], stopRemoved: [], startAdded: [], startRemoved: [] },
  retentionDays: 90,
}

test('settings that are not there are the server’s defaults', () => {
  expect(readSettings({})).toEqual(nothing)
})

test.each([null, 'text', { inbox: 1 }, { optOut: { stopAdded: 'STOP' }, audit: [] }])(
  'settings of another form (%j) break nothing',
  (stored) => {
    expect(readSettings(stored)).toEqual(nothing)
  },
)

test('settings are read', () => {
  const read = readSettings({
    inbox: { showUnassigned: true },
    optOut: { stopAdded: ['basta', 7] },
    audit: { retentionDays: 365 },
    other: 1,
  })
  expect(read).toEqual({
    showUnassigned: true,
    optOut: { ...nothing.optOut, stopAdded: ['basta'] },
    retentionDays: 365,
  })
})

test('the length of a word counts bytes', () => {
  expect(isTooLong('é'.repeat(50))).toBe(false)
  expect(isTooLong('é'.repeat(51))).toBe(true)
})
