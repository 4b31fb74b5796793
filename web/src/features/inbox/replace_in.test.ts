import { describe, expect, test } from 'vitest'

import { replaceIn } from '@/features/inbox/replace_in'

const before = 'Hi /he you'
const part = { before, start: 3, end: 6 }
const at = (text: string, cursor: number) => ({ text, start: cursor, end: cursor })

describe('what is put in the place of a part', () => {
  test('takes the cursor with it when nothing was typed since', () => {
    expect(replaceIn(at(before, 6), part, 'Hello')).toEqual(at('Hi Hello you', 8))
  })

  test('leaves what was typed after it, and the cursor there', () => {
    expect(replaceIn(at('Hi /he there you', 12), part, 'Hello')).toEqual(at('Hi Hello there you', 14))
  })

  test('leaves what was typed before it', () => {
    expect(replaceIn(at('Oh, Hi /he you', 4), part, 'Hello')).toEqual(at('Oh, Hi Hello you', 4))
  })

  test('does nothing when the part is gone or another', () => {
    expect(replaceIn(at('', 0), part, 'Hello')).toBeNull()
    expect(replaceIn(at('Hi /help you', 8), part, 'Hello')).not.toBeNull()
    expect(replaceIn(at('Hi /x you', 5), part, 'Hello')).toBeNull()
  })
})
