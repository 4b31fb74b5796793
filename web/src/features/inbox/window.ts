// The 24 hours after a customer's last message, in which anything but templates may be sent.
import type { Conversation } from '@/features/inbox/api/conversations'
import { numberFormat } from '@/lib/formats'

type Windowed = Pick<Conversation, 'windowExpiresAt'>

/** Time left in ms; 0 when it is shut, or the customer has never written. */
export const windowLeft = ({ windowExpiresAt }: Windowed, now: number): number =>
  windowExpiresAt === null ? 0 : Math.max(0, Date.parse(windowExpiresAt) - now)

export const isWindowOpen = (conversation: Windowed, now: number): boolean => windowLeft(conversation, now) > 0

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Such as "23 hr" or "45 min", in the person's language. */
export function formatLeft(leftMs: number, language: string): string {
  const [value, unit] = leftMs >= hourMs ? [Math.floor(leftMs / hourMs), 'hour'] : [Math.max(1, Math.floor(leftMs / minuteMs)), 'minute']
  return numberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
}
