import { expect, test } from 'vitest'

import { everything, queryOf } from '@/features/audit_log/filter'

test('what is empty is not asked for', () => {
  expect(queryOf(everything)).toEqual({})
  expect(queryOf({ ...everything, action: '  user.login ', actorKind: 'system' })).toEqual({
    action: 'user.login',
    actorKind: 'system',
  })
})

test('days are those of the person’s clock, the last one included', () => {
  const { from, to } = queryOf({ ...everything, from: '2026-02-27', to: '2026-02-28' })
  expect(new Date(from ?? '')).toEqual(new Date(2026, 1, 27))
  expect(new Date(to ?? '')).toEqual(new Date(2026, 2, 1))
})

test('a day that is typed half is left out', () => {
  expect(queryOf({ ...everything, from: '2026-' })).toEqual({})
})
