import { describe, expect, test } from 'vitest'

import { fillText, isFilled, readTemplate, renderText, toComponents } from '@/features/templates/template_parts'

const order = readTemplate({
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'For {{1}}' },
    { type: 'BODY', text: 'Hi {{1}}, your order {{2}} is ready.', example: { body_text: [['Ann', 'A-77']] } },
    { type: 'FOOTER', text: 'Corner Shop' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Track', url: 'https://a.example/{{1}}' }, { type: 'COPY_CODE' }] },
  ] as never,
})
const values = { 'header.1': 'Ann', 'body.1': 'Ann', 'body.2': 'B-1', 'button.0.URL': 'x', 'button.1.COPY_CODE': 'SAVE' }

describe('readTemplate', () => {
  test('finds what has to be filled in, with examples', () => {
    expect(order.fields.map(({ id, example }) => [id, example])).toEqual([
      ['header.1', ''],
      ['body.1', 'Ann'],
      ['body.2', 'A-77'],
      ['button.0.URL', ''],
      ['button.1.COPY_CODE', ''],
    ])
    expect(order.fillable).toBe(true)
  })

  test('a named variable has its example', () => {
    const parts = readTemplate({
      components: [
        { type: 'BODY', text: 'Hi {{first_name}}', example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ann' }] } },
      ] as never,
    })
    expect(parts.fields).toEqual([{ id: 'body.first_name', part: 'body', name: 'first_name', example: 'Ann' }])
    expect(toComponents(parts, 'NAMED', { 'body.first_name': 'Bo' })).toEqual([
      { type: 'body', parameters: [{ type: 'text', text: 'Bo', parameter_name: 'first_name' }] },
    ])
  })

  test.each([
    [{ type: 'CAROUSEL', cards: [] }],
    [{ type: 'HEADER', format: 'LOCATION' }],
    [{ type: 'BUTTONS', buttons: [{ type: 'CATALOG' }] }],
  ])('%j cannot be filled in here', (component) => {
    expect(readTemplate({ components: [component] as never }).fillable).toBe(false)
  })

  test('takes nothing for granted', () => {
    const parts = readTemplate({ components: [{}, { type: 3 }, { type: 'BODY', text: null }, { type: 'BUTTONS', buttons: 1 }] as never })
    expect(parts.fields).toEqual([])
  })
})

test('toComponents', () => {
  expect(toComponents(order, 'POSITIONAL', values)).toEqual([
    { type: 'header', parameters: [{ type: 'text', text: 'Ann' }] },
    { type: 'body', parameters: [{ type: 'text', text: 'Ann' }, { type: 'text', text: 'B-1' }] },
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'x' }] },
    { type: 'button', sub_type: 'copy_code', index: '1', parameters: [{ type: 'coupon_code', coupon_code: 'SAVE' }] },
  ])
})

test('a header of media takes an address', () => {
  const parts = readTemplate({ components: [{ type: 'HEADER', format: 'IMAGE' }] as never })
  expect(isFilled(parts, { media: 'javascript:x' })).toBe(false)
  expect(isFilled(parts, { media: 'https://a.example/b.jpg' })).toBe(true)
  expect(toComponents(parts, 'POSITIONAL', { media: 'https://a.example/b.jpg' })).toEqual([
    { type: 'header', parameters: [{ type: 'image', image: { link: 'https://a.example/b.jpg' } }] },
  ])
})

test('what is missing stays a variable', () => {
  expect(fillText('Hi {{1}} of {{2}}', 'body', { 'body.1': 'Ann' })).toBe('Hi Ann of {{2}}')
  expect(isFilled(order, { ...values, 'body.2': ' ' })).toBe(false)
  expect(renderText(order, values)).toBe('For Ann\n\nHi Ann, your order B-1 is ready.\n\nCorner Shop')
})
