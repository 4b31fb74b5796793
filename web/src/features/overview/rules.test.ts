import { expect, test } from 'vitest'

import type { Overview } from '@/features/overview/api/overview'
import { dayRows, durationText } from '@/features/overview/rules'

test('a duration has one unit and two digits at most', () => {
  expect(durationText(0, 'en')).toBe('0 sec')
  expect(durationText(45, 'en')).toBe('45 sec')
  expect(durationText(90, 'en')).toBe('2 min')
  expect(durationText(5_400, 'en')).toBe('1.5 hr')
  expect(durationText(36_500, 'en')).toBe('10 hr')
  expect(durationText(172_800, 'en')).toBe('2 days')
})

test('a day keeps its date in every time zone', () => {
  const counts = { inbound: 1, outbound: 2 } as Overview['total']
  expect(dayRows([{ date: '2026-11-26', counts }], 'en')).toEqual([{ name: 'Nov 26', inbound: 1, outbound: 2 }])
})
