// Until when one may put a conversation away, in the time of where one is.
export type Preset = 'laterToday' | 'tomorrow' | 'nextWeek'

const laterHours = 3
const lastHourToday = 22
const morningHour = 9
const daysMax = 366

/** In order; what does not fit into today is left out. */
export function presets(now: Date): { name: Preset; at: Date }[] {
  const later = new Date(now)
  later.setHours(now.getHours() + laterHours, 0, 0, 0)
  const today = later.getDate() === now.getDate() && later.getHours() <= lastHourToday
  const monday = 1
  const daysToMonday = (monday + 7 - now.getDay()) % 7 || 7
  return [
    ...(today ? [{ name: 'laterToday' as const, at: later }] : []),
    { name: 'tomorrow', at: morningIn(now, 1) },
    { name: 'nextWeek', at: morningIn(now, daysToMonday) },
  ]
}

function morningIn(now: Date, days: number): Date {
  const at = new Date(now)
  at.setDate(now.getDate() + days)
  at.setHours(morningHour, 0, 0, 0)
  return at
}

/** Null when the text is no time that the server takes. */
export function parseMoment(text: string, now: Date): Date | null {
  const at = new Date(text)
  const aheadMs = at.getTime() - now.getTime()
  return aheadMs > 0 && aheadMs < daysMax * 86_400_000 ? at : null
}

/** As a field of type datetime-local takes it, in the time of where one is. */
export function toFieldText(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** Such as "Fri 27 Nov, 09:00". */
export const formatMoment = (at: string | Date, language: string): string =>
  new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(
    new Date(at),
  )
