// How far an outgoing message got, as WhatsApp shows it, with words for hover and readers.
import { IconAlertCircle, IconBan, IconCheck, IconChecks, IconClock, IconClockQuestion } from '@tabler/icons-react'
import { memo } from 'react'

import classes from '@/features/messages/components/message_ticks.module.css'
import { useWords } from '@/lib/words'

// Kept as they are where a row or bubble is drawn anew with the same one.
const Clock = memo(IconClock)
const Checks = memo(IconChecks)
const signs = {
  queued: Clock,
  sending: Clock,
  retry_queued: Clock,
  uncertain: memo(IconClockQuestion),
  sent: memo(IconCheck),
  delivered: Checks,
  read: Checks,
  failed: memo(IconAlertCircle),
  cancelled: memo(IconBan),
} as const

const isState = (status: string): status is keyof typeof signs => status in signs

export function MessageTicks({ status, size = 15 }: { status: string; size?: number }) {
  const { t } = useWords('messages')
  if (!isState(status)) return null
  const Sign = signs[status]
  const label = t(`states.${status}`)
  return (
    <span data-status={status} className={classes.ticks} role="img" aria-label={label} title={label}>
      <Sign size={size} stroke={1.8} aria-hidden />
    </span>
  )
}
