import { describe, expect, test } from 'vitest'

import { hasMarks, parseMarks, plainText, safeHref, type Marked } from '@/features/messages/format'

const shown = (parts: Marked[]): string =>
  parts
    .map((part) => {
      if ('children' in part) return `<${part.kind}>${shown(part.children)}</${part.kind}>`
      return part.kind === 'text' ? part.text : `<${part.kind}>${part.text}</${part.kind}>`
    })
    .join('')

describe('parseMarks', () => {
  test.each([
    ['plain', 'plain'],
    ['*bold* and _italic_ and ~gone~', '<bold>bold</bold> and <italic>italic</italic> and <strike>gone</strike>'],
    ['*bold _both_*', '<bold>bold <italic>both</italic></bold>'],
    ['`*as it is*`', '<mono>*as it is*</mono>'],
    ['a ```b\n*c*``` d', 'a <mono>b\n*c*</mono> d'],
    ['2*3*4', '2*3*4'],
    ['* a*', '* a*'],
    ['*a *', '*a *'],
    ['snake_case_name', 'snake_case_name'],
    ['*over\nlines*', '*over\nlines*'],
    ['**', '**'],
    ['*', '*'],
    ['```open', '```open'],
    ['see https://example.com/a_b_c.', 'see <link>https://example.com/a_b_c</link>.'],
    ['(https://example.com)', '(<link>https://example.com</link>)'],
    ['*https://example.com*', '<bold><link>https://example.com</link></bold>'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
    ['https://bank.com@evil.example/', 'https://bank.com@evil.example/'],
    ['https://a.com/\u202egpj.exe', '<link>https://a.com/</link>\u202egpj.exe'],
  ])('%j', (text, wanted) => {
    expect(shown(parseMarks(text))).toBe(wanted)
  })

  test('loses no letter of a text without marks', () => {
    const text = Array.from({ length: 200 }, (_, index) => String.fromCodePoint(0x20 + index * 331)).join('')
    const kept = (parts: Marked[]): number =>
      parts.reduce((sum, part) => sum + ('children' in part ? kept(part.children) : part.text.length), 0)
    expect(kept(parseMarks(text))).toBeGreaterThanOrEqual(text.length - 8)
  })

  test.each(['*a ', '_', '```', '`a', '*_~a ', 'https://', 'h'])('takes linear time on %j', (piece) => {
    const time = (length: number) => {
      const text = piece.repeat(length / piece.length)
      const start = performance.now()
      parseMarks(text)
      return performance.now() - start
    }
    time(6_000)
    expect(time(240_000)).toBeLessThan(1_500)
  })
})

test('hasMarks', () => {
  expect(hasMarks(parseMarks('see https://example.com'))).toBe(false)
  expect(hasMarks(parseMarks('so *big*'))).toBe(true)
})

test('plainText', () => {
  expect(plainText('*Size _M_*: `the last` https://example.com')).toBe('Size M: the last https://example.com')
  expect(plainText('see HTTPS://example.com/a,\nand\t2 > 1')).toBe('see HTTPS://example.com/a,\nand\t2 > 1')
})

test('safeHref', () => {
  expect(safeHref('https://example.com')).toBe('https://example.com/')
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'https://a@b.com', 'no']) expect(safeHref(text)).toBeNull()
})
