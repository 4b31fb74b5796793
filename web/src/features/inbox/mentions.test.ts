import { expect, test } from 'vitest'

import { isPartOf, mentionAt, mentionsIn, putMention } from '@/features/inbox/mentions'

test.each([
  ['@', ''],
  ['ask @lu', 'lu'],
  ['ask @lucía ve', 'lucía ve'],
  ['पूछो @प्रिया', 'प्रिया'],
  ['ask @siân o’br', 'siân o’br'],
  ['mail me@example', null],
  ['ask @ada lovell please', null],
])('what is written in %s', (text, wanted) => {
  expect(mentionAt(text, text.length)).toBe(wanted)
})

test('a name takes the place of what was typed', () => {
  expect(putMention('ask @lu now', 7, 'Lucía Vega')).toEqual({ text: 'ask @Lucía Vega now', cursor: 16 })
})

test('who was taken out of the text again is not told', () => {
  const chosen = [{ id: '1', name: 'Ada' }, { id: '2', name: 'Lucía Vega' }, { id: '2', name: 'Lucía Vega' }]
  expect(mentionsIn('so @Lucía Vega looks', chosen)).toEqual(['2'])
})

test('letters are found in a name whatever their case and accents', () => {
  expect(isPartOf('lucia', 'Lucía Vega')).toBe(true)
  expect(isPartOf('ada', 'Marco Silva')).toBe(false)
})
