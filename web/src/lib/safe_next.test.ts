import { expect, test } from 'vitest'

import { safeNext } from '@/lib/safe_next'

test('an address of the console is kept', () => {
  expect(safeNext('/inbox/1?status=open')).toBe('/inbox/1?status=open')
  expect(safeNext('/app/inbox')).toBe('/inbox')
})

test.each([undefined, 7, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)'])(
  'anything else leads home: %s',
  (next) => {
    expect(safeNext(next)).toBe('/')
  },
)
