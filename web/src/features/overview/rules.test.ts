import { expect, test } from 'vitest'

import type { Overview } from '@/features/overview/api/overview'
import { dayRows, durationText, hourRows } from '@/features/overview/rules'

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
  expect(dayRows([{ date: '2026-11-26', counts }], 'en')).toEqual([{ at: '2026-11-26', name: 'Nov 26', inbound: 1, outbound: 2 }])
})

test('two hours of one name are told apart', () => {
  const hours = ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'].map((begin) => ({ begin, inbound: 1, outbound: 2 }))
  expect(hourRows(hours, 'en').map(({ at }) => at)).toEqual(hours.map(({ begin }) => begin))
})
