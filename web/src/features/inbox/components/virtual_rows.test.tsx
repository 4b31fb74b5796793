// Goal: a thread that is drawn again measures nothing anew while its entries are the same, and one that is measured does
// not lay out all others. Method: what the virtual list is given, which measures all rows when the function for their
// keys is another one, and how often it asks for a height.
import type * as Virtual from '@tanstack/react-virtual'
import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { openThread, thread, threadPath } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'
import { message } from '@/features/inbox/testing_data'

interface Given {
  getItemKey: unknown
  virtual: Virtual.Virtualizer<Element, Element>
}
const given = vi.hoisted(() => [] as Given[])
const estimated = vi.hoisted(() => [] as number[])
vi.mock('@tanstack/react-virtual', async (original) => {
  const actual = await original<typeof Virtual>()
  return {
    ...actual,
    useVirtualizer: (options: Parameters<typeof actual.useVirtualizer>[0]) => {
      const estimateSize = (index: number) => {
        estimated.push(index)
        return options.estimateSize(index)
      }
      const virtual = actual.useVirtualizer({ ...options, estimateSize })
      given.push({ getItemKey: options.getItemKey, virtual })
      return virtual
    },
  }
})

beforeEach(() => {
  giveSizes()
  localStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

test('scrolling leaves the keys of the thread alone', async () => {
  await openThread()
  await screen.findByRole('article')
  const scroller = screen.getByRole('log')
  const before = [...given]
  act(() => {
    Object.defineProperty(scroller, 'scrollTop', { value: 4, writable: true })
    scroller.dispatchEvent(new Event('scroll'))
  })
  expect(given.length).toBeGreaterThan(before.length)
  expect(given.at(-1)?.getItemKey).toBe(before.at(-1)?.getItemKey)
})

test('rows that are measured lay out the thread once', async () => {
  giveSizes({ entryPx: 60 })
  const messages = Array.from({ length: 50 }, (_, index) => message({ id: `message-${index}` }))
  await openThread({ [threadPath]: thread(...messages) })
  await screen.findAllByRole('article')
  const virtual = given.at(-1)?.virtual
  estimated.length = 0
  act(() => {
    for (const index of [2, 1, 0]) virtual?.resizeItem(index, 777)
    expect(estimated).toEqual([])
  })
  const unmeasured = estimated.length
  expect(new Set(estimated).size).toBe(unmeasured) // each at most once
  expect(unmeasured).toBeGreaterThan(0)
})
