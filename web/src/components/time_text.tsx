// A moment in the person's language: how long ago, with the exact time on hover and for readers.
import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { dateFormat, relativeFormat } from '@/lib/formats'

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `now` and `at` in ms since 1970. */
export function relativeTime(at: number, now: number, language: string): string {
  const seconds = Math.round((at - now) / 1000)
  const format = relativeFormat(language, { numeric: 'auto', style: 'short' })
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit)
  }
  return format.format(0, 'second')
}

export function TimeText({ at }: { at: string }) {
  const { i18n } = useTranslation()
  const exact = dateFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
  return (
    <Tooltip label={exact}>
      <time dateTime={at}>{relativeTime(Date.parse(at), Date.now(), i18n.language)}</time>
    </Tooltip>
  )
}
