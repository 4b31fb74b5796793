// What a job is for, in the person's language; a kind that this page does not know by its own name.
import { useTranslation } from 'react-i18next'

const known = {
  'webhook.event': 'webhook_event',
  'webhook.events': 'webhook_events',
  'webhook.item': 'webhook_item',
  'webhook.replay': 'webhook_replay',
  'message.send': 'message_send',
  password_reset: 'password_reset',
  password_changed: 'password_changed',
  email_verification: 'email_verification',
  invite: 'invite',
} as const

const isKnown = (kind: string): kind is keyof typeof known => Object.hasOwn(known, kind)

export function useKindName(): (kind: string) => string {
  const { t } = useTranslation('queues')
  return (kind) => (isKnown(kind) ? t(`kinds.${known[kind]}`) : kind)
}
