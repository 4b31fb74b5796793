import { expect, test } from 'vitest'

import { fromRows, toRows } from '@/features/contacts/attributes'

test('what is not touched stays as it was', () => {
  const attributes = { city: 'Vienna', orders: 3, vip: true, address: { zip: '1010' }, none: null }
  expect(fromRows(toRows(attributes))).toEqual(attributes)
})

test('what is written is a text, and lines without a name go', () => {
  const [row] = toRows({ orders: 3 })
  expect(fromRows([{ ...row, name: ' orders ', text: '4' }, { name: ' ', text: 'x' }])).toEqual({ orders: '4' })
})
