// How far an outgoing message got, as WhatsApp shows it, with words for hover and readers.
import { IconAlertCircle, IconBan, IconCheck, IconChecks, IconClock, IconClockQuestion } from '@tabler/icons-react'

import classes from '@/features/messages/components/message_ticks.module.css'
import { useWords } from '@/lib/words'

const signs = {
  queued: IconClock,
  sending: IconClock,
  retry_queued: IconClock,
  uncertain: IconClockQuestion,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconChecks,
  failed: IconAlertCircle,
  cancelled: IconBan,
} as const

const isState = (status: string): status is keyof typeof signs => status in signs

export function MessageTicks({ status, size = 15 }: { status: string; size?: number }) {
  const { t } = useWords('messages')
  if (!isState(status)) return null
  const Sign = signs[status]
  const label = t(`states.${status}`)
  return (
    <span data-status={status} className={classes.ticks} role="img" aria-label={label} title={label}>
      <Sign size={size} stroke={1.8} aria-hidden style={{ display: 'block' }} />
    </span>
  )
}
