import { renderHook } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'

import { keyRows, useRowKeys } from '@/features/inbox/use_row_keys'

afterEach(() => document.body.replaceChildren())

const ids = (letters: string) => [...letters]
const keys = (rows: { key: number }[]) => rows.map(({ key }) => key)
const draw = (letters: string) => keyRows([], ids(letters), false)

test('rows that stay keep their keys, wherever they stand then', () => {
  const drawn = draw('abcd')
  const [a, b, c, d] = keys(drawn)
  for (const mayReuse of [false, true]) {
    expect(keys(keyRows(drawn, ids('dabc'), mayReuse))).toEqual([d, a, b, c])
    expect(keys(keyRows(drawn, ids('cdef'), mayReuse)).slice(0, 2)).toEqual([c, d])
  }
})

test('few new rows get new keys', () => {
  const drawn = draw('abcd')
  const next = keyRows(drawn, ids('bcde'), true)
  expect(keys(drawn)).not.toContain(keys(next)[3])
  expect(new Set(keys(next)).size).toBe(4)
})

test('where most rows are new, they take the keys by place', () => {
  const drawn = draw('abcd')
  expect(keys(keyRows(drawn, ids('defg'), true))).toEqual(keys(drawn))
  expect(keys(keyRows(drawn, ids('ef'), true))).toEqual(keys(drawn).slice(0, 2))
  const longer = keys(keyRows(drawn, ids('efghi'), true))
  expect(longer.slice(0, 4)).toEqual(keys(drawn))
  expect(new Set(longer).size).toBe(5)
})

test('where keys may not be used again, no row gets that of another', () => {
  const drawn = draw('abcd')
  const next = keys(keyRows(drawn, ids('defg'), false))
  expect(next[0]).toBe(keys(drawn)[3])
  for (const key of next.slice(1)) expect(keys(drawn)).not.toContain(key)
})

test('a row that is there twice has two keys, also later', () => {
  const twice = keyRows(draw('xy'), ids('xx'), false)
  expect(new Set(keys(twice)).size).toBe(2)
  expect(new Set(keys(keyRows(twice, ids('ab'), true))).size).toBe(2)
})

/** Rows of a list, from that place on. */
function show(first: number, letters: string) {
  const list = document.body.appendChild(document.createElement('div'))
  const { result, rerender } = renderHook(({ place, shown }) => useRowKeys({ current: list }, place, ids(shown)), { initialProps: { place: first, shown: letters } })
  return { list, keysAt: (place: number, shown: string) => (rerender({ place, shown }), result.current), drawn: () => result.current }
}

test('keys are used again when one scrolls, not when others come in the same place', () => {
  const { keysAt, drawn } = show(0, 'ab')
  const first = drawn()
  expect(keysAt(20, 'cd')).toEqual(first)
  const later = keysAt(20, 'ef')
  for (const key of later) expect(first).not.toContain(key)
  expect(keysAt(0, 'ab')).toEqual(later)
})

test('nor when a row has the focus; elsewhere it matters nothing', () => {
  const { list, keysAt, drawn } = show(0, 'ab')
  const row = list.appendChild(document.createElement('button'))
  const elsewhere = document.body.appendChild(document.createElement('button'))
  const first = drawn()
  elsewhere.focus()
  expect(keysAt(20, 'cd')).toEqual(first)
  row.focus()
  for (const key of keysAt(40, 'ef')) expect(first).not.toContain(key)
})
