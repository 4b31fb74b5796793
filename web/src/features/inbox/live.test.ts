import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { repeat } from '@/features/inbox/live'
import { ApiError } from '@/lib/api_error'

let hidden = false

beforeEach(() => {
  vi.useFakeTimers()
  hidden = false
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const show = (seen: boolean) => {
  hidden = !seen
  document.dispatchEvent(new Event('visibilitychange'))
}

test('looks again and again, until it is ended', async () => {
  const run = vi.fn(() => Promise.resolve())
  const end = repeat(run, 1_000)
  await vi.advanceTimersByTimeAsync(3_500)
  expect(run).toHaveBeenCalledTimes(3)
  end()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(run).toHaveBeenCalledTimes(3)
})

test('rests while nobody sees the page, and looks at once when somebody does', async () => {
  const run = vi.fn(() => Promise.resolve())
  const end = repeat(run, 1_000)
  show(false)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(run).not.toHaveBeenCalled()
  show(true)
  await vi.advanceTimersByTimeAsync(1)
  expect(run).toHaveBeenCalledTimes(1)
  end()
})

test('waits as long as the server asks for', async () => {
  const run = vi.fn(() => Promise.reject(new ApiError('rate_limited', '', 429, undefined, undefined, 20)))
  const end = repeat(run, 1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(19_000)
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(run).toHaveBeenCalledTimes(2)
  end()
})
