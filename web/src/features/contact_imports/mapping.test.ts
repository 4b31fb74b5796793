import { describe, expect, test } from 'vitest'

import { flawOf, previewOf, targetOf, wireOf, type Target } from '@/features/contact_imports/mapping'

const target = (kind: Target['kind'], detail = ''): Target => ({ kind, detail })

describe('a column', () => {
  test.each([null, 'phone', 'name', 'tags', 'attributes.City'])('keeps what the server said: %s', (wire) => {
    expect(wireOf(targetOf(wire, 'Header'))).toBe(wire)
  })
  test('that becomes a detail is called like its header at first', () => {
    expect(wireOf({ ...targetOf(null, 'City'), kind: 'attribute' })).toBe('attributes.City')
  })
})

describe('what is wrong', () => {
  test.each<[Target[], ReturnType<typeof flawOf>]>([
    [[target('name')], 'noPhone'],
    [[target('phone'), target('attribute', ' ')], 'noDetailName'],
    [[target('phone'), target('attribute', 'a'), target('attribute', 'a ')], 'sameDetail'],
    [[target('phone'), target('phone'), target('none')], null],
  ])('%j: %s', (targets, flaw) => {
    expect(flawOf(targets)).toBe(flaw)
  })
})

test('a row is shown as the contact it would become', () => {
  const targets = [target('name'), target('name'), target('phone'), target('phone'), target('tags'), target('attribute', 'City'), target('none')]
  expect(previewOf(['Ann', 'Lee', '', '+43 1', 'a, b|a', '', 'x'], targets, ['fair'])).toEqual({
    phone: '+43 1',
    name: 'Ann Lee',
    tags: ['a', 'b', 'fair'],
    attributes: [],
  })
  expect(previewOf(['Ann'], targets, [])).toEqual({ phone: '', name: 'Ann', tags: [], attributes: [] })
})
