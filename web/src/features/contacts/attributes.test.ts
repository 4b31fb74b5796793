import { expect, test } from 'vitest'

import { fromRows, toRows, withChanges } from '@/features/contacts/attributes'

test('what is not touched stays as it was', () => {
  const attributes = { city: 'Vienna', orders: 3, vip: true, address: { zip: '1010' }, none: null }
  expect(fromRows(toRows(attributes))).toEqual(attributes)
})

test('what is written is a text, and lines without a name go', () => {
  const [row] = toRows({ orders: 3 })
  expect(fromRows([{ ...row, name: ' orders ', text: '4' }, { name: ' ', text: 'x' }])).toEqual({ orders: '4' })
})

test('what others did since the rows were made stays, but for what was edited', () => {
  const before = { city: 'Vienna', orders: 3, vip: true, address: { zip: '1010' }, note: 'old', constructor: 'x' }
  const rows = toRows(before)
    .filter(({ name }) => name !== 'vip')
    .map((row) => (row.name === 'city' ? { ...row, text: 'Graz' } : row.name === 'note' ? { ...row, name: 'remark' } : row))
  const newest = { city: 'Linz', orders: 4, vip: false, address: { zip: '1020' }, note: 'new', language: 'de', toString: 'y' }
  expect(withChanges(newest, before, rows)).toEqual({
    city: 'Graz', orders: 4, address: { zip: '1020' }, language: 'de', toString: 'y', remark: 'old',
  })
})
