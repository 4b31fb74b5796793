// Goal: a list that is drawn again measures nothing anew while its rows are the same. Method: what the virtual list
// is given, which measures all rows when the function for their keys is another one.
import type * as Virtual from '@tanstack/react-virtual'
import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { openThread } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'

const given = vi.hoisted(() => [] as { name: string; getItemKey: unknown }[])
vi.mock('@tanstack/react-virtual', async (original) => {
  const actual = await original<typeof Virtual>()
  return {
    ...actual,
    useVirtualizer: (options: Parameters<typeof actual.useVirtualizer>[0]) => {
      given.push({ name: options.anchorTo === 'end' ? 'thread' : 'list', getItemKey: options.getItemKey })
      return actual.useVirtualizer(options)
    },
  }
})

beforeEach(() => {
  giveSizes()
  localStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

test.each(['list', 'thread'])('scrolling leaves the keys of the %s alone', async (name) => {
  await openThread()
  await screen.findByRole('article')
  const scroller = name === 'thread' ? screen.getByRole('log') : screen.getByRole('list', { name: 'Conversations' }).parentElement
  const before = given.filter((one) => one.name === name)
  act(() => {
    Object.defineProperty(scroller, 'scrollTop', { value: 4, writable: true })
    scroller?.dispatchEvent(new Event('scroll'))
  })
  const after = given.filter((one) => one.name === name)
  expect(after.length).toBeGreaterThan(before.length)
  expect(after.at(-1)?.getItemKey).toBe(before.at(-1)?.getItemKey)
})
