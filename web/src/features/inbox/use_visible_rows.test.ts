import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { giveSizes } from '@/features/inbox/testing'
import { useVisibleRows } from '@/features/inbox/use_visible_rows'

beforeEach(() => giveSizes({ screenPx: 500 }))
afterEach(() => vi.restoreAllMocks())

/** Rows of 100 px, of which five are seen at once. */
function show(count: number) {
  const scroller = { current: document.createElement('div') }
  const { result, rerender } = renderHook((rows: number) => useVisibleRows(scroller, { count: rows, rowPx: 100, spareRows: 2 }), { initialProps: count })
  const scrollTo = (px: number) =>
    act(() => {
      scroller.current.scrollTop = px
      scroller.current.dispatchEvent(new Event('scroll'))
    })
  return { element: scroller.current, drawn: () => [result.current.first, result.current.last], showRow: (place: number) => result.current.showRow(place), scrollTo, setCount: rerender }
}

test('what can be seen is drawn, with some before and after', () => {
  const { drawn, scrollTo } = show(1_000)
  expect(drawn()).toEqual([0, 7])
  scrollTo(50_050)
  expect(drawn()).toEqual([498, 507])
})

test('no more is drawn than there is', () => {
  const { drawn, scrollTo } = show(1_000)
  scrollTo(99_500)
  expect(drawn()).toEqual([993, 999])
  expect(show(3).drawn()).toEqual([0, 2])
  expect(show(0).drawn()).toEqual([0, -1])
})

test('a list that became shorter shows its end', () => {
  const { drawn, scrollTo, setCount } = show(1_000)
  scrollTo(50_000)
  setCount(20)
  expect(drawn()).toEqual([13, 19])
})

test('where one pulls over its edge it stands at its start', () => {
  const { drawn, scrollTo } = show(1_000)
  scrollTo(-80)
  expect(drawn()).toEqual([0, 7])
})

test('a row is scrolled to no further than needed', () => {
  const { element, showRow } = show(1_000)
  const after = (place: number) => {
    showRow(place)
    return element.scrollTop
  }
  expect([after(4), after(5), after(9), after(6), after(2)]).toEqual([0, 100, 500, 500, 200])
})
