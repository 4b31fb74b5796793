import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { offer } from '@/lib/download'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('a file is kept until a slow browser has read it, and then let go', () => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:one')
  const revoked = vi.spyOn(URL, 'revokeObjectURL')
  offer(new Blob(['text']), 'one.txt')
  vi.advanceTimersByTime(30_000)
  expect(revoked).not.toHaveBeenCalled()
  vi.advanceTimersByTime(30_000)
  expect(revoked).toHaveBeenCalledExactlyOnceWith('blob:one')
})

// A page's test may be over by then, and its file of tests not yet.
test('letting it go needs nothing that the test of a page has to bring', () => {
  offer(new Blob(['text']), 'one.txt')
  expect(() => vi.advanceTimersByTime(60_000)).not.toThrow()
})
