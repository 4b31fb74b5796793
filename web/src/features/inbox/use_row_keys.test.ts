// Goal: no row is taken for another, and one rushes only while no row can be read. Method: rows of one letter each, and the
// clock of the test.
import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { keyRows, useRowKeys } from '@/features/inbox/use_row_keys'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

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
  const { result, rerender, unmount } = renderHook(({ place, shown }) => useRowKeys({ current: list }, place, ids(shown)), {
    initialProps: { place: first, shown: letters },
  })
  const at = (place: number, shown: string) => (rerender({ place, shown }), result.current)
  return {
    list,
    unmount,
    keysAt: (place: number, shown: string) => at(place, shown).keys,
    rushingAt: (place: number, shown: string) => at(place, shown).rushing,
    drawn: () => result.current.keys,
    rushing: () => result.current.rushing,
    pass: (ms: number) => act(() => vi.advanceTimersByTime(ms)),
  }
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

test('one rushes from the second time that all rows are others, until they were not for a moment', () => {
  const { rushingAt, rushing, pass } = show(0, 'ab')
  expect(rushingAt(20, 'cd')).toBe(false)
  pass(90)
  expect(rushingAt(40, 'ef')).toBe(true)
  pass(90)
  expect(rushingAt(60, 'gh')).toBe(true)
  pass(90)
  expect(rushingAt(61, 'hi')).toBe(true)
  pass(9)
  expect(rushing()).toBe(true)
  pass(1)
  expect(rushing()).toBe(false)
})

test('one does not rush by jumps with a rest between, by single rows, nor by what comes in the same place', () => {
  const { rushingAt, pass } = show(0, 'ab')
  for (const [place, shown] of [[20, 'cd'], [40, 'ef'], [60, 'gh']] as const) {
    expect(rushingAt(place, shown)).toBe(false)
    pass(100)
  }
  expect(rushingAt(80, 'ij')).toBe(false)
  expect(rushingAt(81, 'jk')).toBe(false)
  expect(rushingAt(81, 'xy')).toBe(false)
})

test('what one left waits for no rest', () => {
  const { keysAt, unmount } = show(0, 'ab')
  keysAt(20, 'cd')
  expect(vi.getTimerCount()).toBe(1)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('nor are keys used again while a row is held down', () => {
  const { list, keysAt, drawn } = show(0, 'ab')
  const first = drawn()
  vi.spyOn(list, 'matches').mockImplementation((selectors) => selectors.includes(':active')) // jsdom holds nothing
  for (const key of keysAt(20, 'cd')) expect(first).not.toContain(key)
})
