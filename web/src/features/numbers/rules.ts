// The server's words about a number, as keys of our texts.
const statuses = ['connected', 'pending', 'reconnect_needed'] as const
export type NumberStatus = (typeof statuses)[number] | 'unknown'

export const statusOf = (status: string): NumberStatus => statuses.find((known) => known === status) ?? 'unknown'

const qualities = ['GREEN', 'YELLOW', 'RED'] as const
export type Quality = (typeof qualities)[number] | 'UNKNOWN'

export const qualityOf = (rating: string): Quality =>
  qualities.find((known) => known === rating.toUpperCase()) ?? 'UNKNOWN'

const steps = [
  'inspect_token',
  'find_phone',
  'claim_number',
  'subscribe_webhooks',
  'register_phone',
  'store_token',
  'sync_templates',
] as const
export type Step = (typeof steps)[number]

export interface Reason {
  step: Step | null
  /** What the server or Meta says, in English. */
  message: string
}

/** `register_phone: The number has another PIN` is a step and why it failed; else it is the message. */
export function parseReason(statusReason: string): Reason {
  const step = steps.find((known) => statusReason.startsWith(`${known}:`)) ?? null
  return { step, message: (step ? statusReason.slice(step.length + 1) : statusReason).trim() }
}
