import { expect, test } from 'vitest'

import { countRows, placeOf, rowsBetween } from '@/features/inbox/list_rows'
import { conversation } from '@/features/inbox/testing_data'

const page = (...ids: string[]) => ({ conversations: ids.map((id) => conversation({ id })), nextCursor: null })
const pages = [page('a', 'b', 'c'), page(), page('d'), page('e', 'f')]

test('rows are counted over all pages', () => {
  expect(countRows(pages)).toBe(6)
  expect(countRows([])).toBe(0)
})

test.each([
  [0, 5, 'abcdef'],
  [0, 0, 'a'],
  [1, 3, 'bcd'],
  [3, 4, 'de'],
  [5, 9, 'f'],
  [6, 9, ''],
  [0, -1, ''],
])('rows %i to %i', (first, last, expected) => {
  expect(rowsBetween(pages, first, last).map(({ id }) => id).join('')).toBe(expected)
})

test('a row has its place among all pages', () => {
  expect(['a', 'd', 'f', 'x'].map((id) => placeOf(pages, id))).toEqual([0, 3, 5, -1])
})
