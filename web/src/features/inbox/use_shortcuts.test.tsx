import { fireEvent, render } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { useShortcuts } from '@/features/inbox/use_shortcuts'

test('a key that is held moves on and on, and does everything else once', () => {
  const next = vi.fn()
  const resolve = vi.fn()
  const Page = () => {
    useShortcuts({ next, resolve })
    return null
  }
  render(<Page />)
  for (const repeat of [false, true, true]) {
    fireEvent.keyDown(document.body, { key: 'j', code: 'KeyJ', repeat })
    fireEvent.keyDown(document.body, { key: 'e', code: 'KeyE', repeat })
  }
  expect(next).toHaveBeenCalledTimes(3)
  expect(resolve).toHaveBeenCalledTimes(1)
})
