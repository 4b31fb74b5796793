import { describe, expect, test } from 'vitest'

import { parseReason, qualityOf, statusOf } from '@/features/numbers/rules'

describe('the reason of a number', () => {
  test('begins with the step that failed', () => {
    expect(parseReason('register_phone: The number has another two-step PIN.')).toEqual({
      step: 'register_phone',
      message: 'The number has another two-step PIN.',
    })
  })
  test('may have no step', () => {
    expect(parseReason('Error validating access token: it expired')).toEqual({
      step: null,
      message: 'Error validating access token: it expired',
    })
  })
})

test('words that the page does not know are unknown, not a missing text', () => {
  expect(statusOf('flagged')).toBe('unknown')
  expect(qualityOf('')).toBe('UNKNOWN')
  expect(qualityOf('green')).toBe('GREEN')
})
