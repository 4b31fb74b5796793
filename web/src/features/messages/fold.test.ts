import { expect, test } from 'vitest'

import { foldText } from '@/features/messages/fold'

test('a short text is whole', () => {
  expect(foldText('hello\nworld')).toBeNull()
  expect(foldText('')).toBeNull()
})

test('a long text is cut', () => {
  expect(foldText('x'.repeat(60_000))?.length).toBe(1_200)
})

test('so is one of many lines', () => {
  expect(foldText('a\n'.repeat(500))?.split('\n')).toHaveLength(18)
})

test('no emoji is split', () => {
  const folded = foldText(`x${'😀'.repeat(1_000)}`) ?? ''
  expect(folded.endsWith('😀')).toBe(true)
})
