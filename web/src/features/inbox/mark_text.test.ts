import { expect, test } from 'vitest'

import { toggleMark } from '@/features/inbox/mark_text'

test('marks what is selected, without the space beside it', () => {
  expect(toggleMark({ text: 'so big now', start: 2, end: 7 }, '*')).toEqual({ text: 'so *big* now', start: 4, end: 7 })
})

test('takes the marks away again', () => {
  expect(toggleMark({ text: 'so *big* now', start: 4, end: 7 }, '*')).toEqual({ text: 'so big now', start: 3, end: 6 })
})

test('without a selection the cursor goes between', () => {
  expect(toggleMark({ text: 'ab', start: 1, end: 1 }, '```')).toEqual({ text: 'a``````b', start: 4, end: 4 })
})
