import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useByNow } from '@/lib/use_now'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

test('what is made of the time moves on, and is drawn only when it is another', () => {
  const drawn = vi.fn<() => void>()
  function Minutes() {
    drawn()
    return <p>{useByNow((now) => Math.floor(now / 60_000))} minutes</p>
  }
  render(<Minutes />)
  const before = drawn.mock.calls.length
  act(() => vi.advanceTimersByTime(45_000))
  expect(screen.getByText('0 minutes')).toBeInTheDocument()
  expect(drawn).toHaveBeenCalledTimes(before)
  act(() => vi.advanceTimersByTime(15_000))
  expect(screen.getByText('1 minutes')).toBeInTheDocument()
})

test('the clock stops with the last who asks, and goes right for the next', () => {
  const Seconds = () => <p>{useByNow((now) => now / 1_000)} s</p>
  const { unmount } = render(<Seconds />)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(100_000)
  render(<Seconds />)
  expect(screen.getByText('100 s')).toBeInTheDocument()
})
