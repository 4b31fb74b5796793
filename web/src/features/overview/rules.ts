// What the server's figures say, in words and for the charts.
import type { Overview } from '@/features/overview/api/overview'
import { dateFormat, numberFormat } from '@/lib/formats'

const units: ['second' | 'minute' | 'hour' | 'day', number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** `3 min`, `1.5 hr`: two digits at most. */
export function durationText(seconds: number, language: string): string {
  const [unit, length] = units.find(([, unitLength]) => seconds >= unitLength) ?? ['second' as const, 1]
  const amount = seconds / length
  const maximumFractionDigits = amount < 10 && length > 60 ? 1 : 0
  return numberFormat(language, { style: 'unit', unit, maximumFractionDigits }).format(amount)
}

export interface ChartRow {
  /** Unlike the name always another: clocks that go back show an hour twice. */
  at: string
  name: string
  inbound: number
  outbound: number
}

/** `date` is a day of this browser; noon keeps it from moving to another one. */
export const dayRows = (days: Overview['days'], language: string): ChartRow[] =>
  days.map(({ date, counts }) => ({
    at: date,
    name: dateFormat(language, { day: 'numeric', month: 'short' }).format(new Date(`${date}T12:00:00`)),
    inbound: counts.inbound,
    outbound: counts.outbound,
  }))

export const hourRows = (hours: Overview['hours'], language: string): ChartRow[] =>
  hours.map(({ begin, inbound, outbound }) => ({
    at: begin,
    name: dateFormat(language, { hour: 'numeric', minute: '2-digit' }).format(new Date(begin)),
    inbound,
    outbound,
  }))
