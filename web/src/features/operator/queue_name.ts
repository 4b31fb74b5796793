// What a queue is for, in the person's language.
import { useTranslation } from 'react-i18next'

const known = ['webhooks', 'tasks', 'mail', 'outbox'] as const

export function useQueueName(): (queue: string) => string {
  const { t } = useTranslation('operator')
  return (queue) => {
    const kind = known.find((one) => one === queue.split(':')[0])
    return kind ? t(`queues.names.${kind}`) : queue
  }
}
