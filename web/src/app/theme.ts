import { Badge, Button, Checkbox, Combobox, createTheme, Menu, Notification, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

import classes from '@/app/theme.module.css'

// Shades 7 to 9 carry white text with a contrast of at least 4.5.
const brand: MantineColorsTuple = [
  '#e9f8f2', '#d3eee3', '#a7dcc8', '#78c9ab', '#50b992', '#36af82', '#219a6e', '#0e7f59', '#0a6b4b', '#05553a',
]

export const theme = createTheme({
  colors: { brand },
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none' } }),
    Checkbox: Checkbox.extend({ defaultProps: { radius: 'sm' } }),
    Combobox: Combobox.extend({ classNames: { option: classes.option } }),
    // The focus goes to the first entry; the library's own place for it has no role in a menu.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Button: Button.extend({ styles: { root: { flexShrink: 0 } } }),
    Notification: Notification.extend({ classNames: { description: classes.noticeText }, defaultProps: { withBorder: true } }),
  },
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", sans-serif',
})

/** Dimmed, red, blue and green text on its own tint keep a contrast of 4.5, which the library's own do not. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-brand-light-color': colors.brand?.[8] ?? '',
    '--mantine-color-dimmed': colors.gray?.[7] ?? '',
    '--mantine-color-blue-light-color': colors.blue?.[9] ?? '',
    '--mantine-color-red-light-color': colors.red?.[9] ?? '',
    '--mantine-color-error': colors.red?.[8] ?? '',
  },
  dark: { '--mantine-color-dimmed': colors.dark?.[1] ?? '' },
})
