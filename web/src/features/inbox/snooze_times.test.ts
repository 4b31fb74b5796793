import { expect, test } from 'vitest'

import { parseMoment, presets, toFieldText } from '@/features/inbox/snooze_times'

const shown = (now: string) => presets(new Date(now)).map(({ name, at }) => `${name} ${toFieldText(at)}`)

test('presets of a Thursday morning', () => {
  expect(shown('2026-11-26T10:20:00')).toEqual([
    'laterToday 2026-11-26T13:00', 'tomorrow 2026-11-27T09:00', 'nextWeek 2026-11-30T09:00',
  ])
})

test('late in the evening there is no later today', () => {
  expect(shown('2026-11-26T22:20:00').map((text) => text.split(' ')[0])).toEqual(['tomorrow', 'nextWeek'])
})

test('on a Monday next week is the Monday after', () => {
  expect(shown('2026-11-30T08:00:00')).toContain('nextWeek 2026-12-07T09:00')
})

test('a picked time lies ahead, by a year at most', () => {
  const now = new Date('2026-11-26T10:00:00')
  expect(parseMoment('2026-11-26T09:59', now)).toBeNull()
  expect(parseMoment('2028-01-01T00:00', now)).toBeNull()
  expect(parseMoment('', now)).toBeNull()
  expect(parseMoment('2026-11-26T10:01', now)?.getMinutes()).toBe(1)
})
