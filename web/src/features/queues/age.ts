// How long something waits, in the person's language, and when that is too long.

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

export function ageText(ms: number, language: string): string {
  const seconds = Math.round(ms / 1000)
  const [unit, length] = steps.find(([, size]) => seconds >= size) ?? (['second', 1] as const)
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 })
  return format.format(Math.floor(seconds / length))
}

export type Calm = 'calm' | 'slow' | 'late'
const slowMs = 60_000
const lateMs = 10 * 60_000

/** What is due now is taken within seconds while the server is well. */
export const calmOf = (oldestAgeMs: number): Calm =>
  oldestAgeMs >= lateMs ? 'late' : oldestAgeMs >= slowMs ? 'slow' : 'calm'
