import { describe, expect, test } from 'vitest'

import { shortcutOf } from '@/features/inbox/shortcuts'

let at = 0
/** Each long after the one before, so that they make no sequence. */
const press = (key: string, code: string, more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, code, ...more })
  Object.defineProperty(event, 'timeStamp', { value: (at += 10_000) })
  return shortcutOf(event)
}

describe('on a keyboard of another script the place of the key counts', () => {
  test.each([
    ['у', 'KeyE', 'resolve'],
    ['ث', 'KeyE', 'resolve'],
    ['ा', 'KeyE', 'resolve'],
    ['ד', 'KeyS', null],
    ['ظ', 'Slash', 'search'],
    ['؟', 'Slash', 'help'],
  ])('%s at %s', (key, code, id) => expect(press(key, code)).toBe(id))

  test('also with Ctrl, and with several letters of one key', () => {
    expect(press('л', 'KeyK', { ctrlKey: true })).toBe('palette')
    expect(press('لا', 'KeyB')).toBeNull()
  })
})

test('a Latin keyboard of another order says itself what is pressed', () => {
  expect(press('.', 'KeyE')).toBeNull() // Dvorak
  expect(press(',', 'KeyM')).toBeNull() // AZERTY
  expect(press('ı', 'KeyI')).toBeNull() // Turkish
  expect(press('e', 'KeyD')).toBe('resolve')
})
