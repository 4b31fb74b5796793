// Goal: small text on a tint of its own colour can be read. Method: the contrast that WCAG asks for, 4.5,
// worked out from the colours that the theme gives.
import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core'
import { expect, test } from 'vitest'

import { cssVariables, theme } from '@/app/theme'

const whole = mergeMantineTheme(DEFAULT_THEME, theme)
const light: Record<string, string> = { ...defaultCssVariablesResolver(whole).light, ...cssVariables(whole).light }

const partsOf = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
function luminance(parts: number[]): number {
  const [r = 0, g = 0, b = 0] = parts.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (text: number[], ground: number[]) => {
  const [dark = 0, bright = 0] = [luminance(text), luminance(ground)].sort((one, other) => one - other)
  return (bright + 0.05) / (dark + 0.05)
}
/** A hex colour, or the shade that a variable names. */
function colourOf(value: string): number[] {
  const shade = /--mantine-color-(\w+)-(\d)\)/.exec(value)
  return partsOf(shade ? (whole.colors[shade[1] ?? '']?.[Number(shade[2])] ?? '') : value)
}
/** On white: `rgba(r, g, b, a)`. */
function groundOf(value: string): number[] {
  const [r = 0, g = 0, b = 0, share = 1] = (value.match(/[\d.]+/g) ?? []).map(Number)
  return [r, g, b].map((part) => part * share + 255 * (1 - share))
}

test.each(['brand', 'blue', 'gray', 'red'])('%s on its tint', (name) => {
  const text = colourOf(light[`--mantine-color-${name}-light-color`] ?? '')
  expect(contrast(text, groundOf(light[`--mantine-color-${name}-light`] ?? ''))).toBeGreaterThanOrEqual(4.5)
})
