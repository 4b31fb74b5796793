import { expect, test } from 'vitest'

import { depthMax, entriesMax, readPayload, textMax } from '@/features/queues/payload'
import { mask } from '@/features/queues/secrets'

const shown = (payload: string) => JSON.stringify(readPayload(payload))

test('a JSON object is a tree, anything else a text', () => {
  expect(readPayload('{"eventId":7}')).toEqual({
    tree: { kind: 'branch', list: false, left: 0, entries: [['eventId', { kind: 'leaf', type: 'number', text: '7' }]] },
  })
  expect(readPayload('01a2-message')).toEqual({ text: '01a2-message' })
  expect(readPayload('')).toEqual({ text: '' })
})

test('secrets are hidden wherever they stand', () => {
  const payload = JSON.stringify({
    accessToken: 'plain',
    deep: [{ password: ['one', 'two'] }],
    note: 'Bearer abcdefgh12345',
  })
  const text = shown(payload)
  for (const secret of ['plain', 'one', 'two', 'abcdefgh']) expect(text).not.toContain(secret)
  expect(text).toContain(mask)
  expect(shown('not json: EAAGm0PX4ZCpsBAKZCqwerty1234')).not.toContain('EAAG')
})

test('size and depth are bounded', () => {
  const wide = readPayload(JSON.stringify(Array.from({ length: entriesMax + 5 }, (_, at) => at)))
  expect('tree' in wide && wide.tree.kind === 'branch' ? wide.tree.left : 0).toBe(5)
  const deep = '['.repeat(depthMax + 50) + ']'.repeat(depthMax + 50)
  expect(shown(deep)).toContain('…')
  expect(shown('x'.repeat(textMax * 2)).length).toBeLessThan(textMax + 100)
})
