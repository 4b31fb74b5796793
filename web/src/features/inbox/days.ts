// Which day a message is of, for the lines between days.
import { dateFormat, relativeFormat } from '@/lib/formats'

/** The day where the person is, such as "2026-11-26". */
export function dayOf(time: string): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** "Today", "yesterday", else the date. */
export function dayLabel(time: string, now: number, language: string): string {
  for (const ago of [0, 1]) {
    if (dayOf(time) !== dayOf(new Date(now - ago * 86_400_000).toISOString())) continue
    const words = relativeFormat(language, { numeric: 'auto' }).format(-ago, 'day')
    return words.charAt(0).toLocaleUpperCase(language) + words.slice(1)
  }
  const date = new Date(time)
  const sameYear = date.getFullYear() === new Date(now).getFullYear()
  const form = dateFormat(language, {
    weekday: 'long', day: 'numeric', month: 'long', year: sameYear ? undefined : 'numeric',
  })
  return form.format(date)
}
