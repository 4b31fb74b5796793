import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { lettersPath } from '@/config/paths'
import styles from '@/features/operator/components/queue_list.module.css'
import { useQueueName } from '@/features/operator/queue_name'
import { ageText, calmOf } from '@/features/queues'

type Queue = components['schemas']['Queue']

export function QueueRow({ queue }: { queue: Queue }) {
  const { t, i18n } = useTranslation('operator')
  const number = new Intl.NumberFormat(i18n.language)
  const waits = queue.pending > 0
  const dead = number.format(queue.dead)
  return (
    <li className={styles.row}>
      <div className={styles.name}>
        <Text size="sm" fw={600}>
          {useQueueName()(queue.name)}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{queue.workspaceName ? `${queue.workspaceName} · ${queue.phone ?? ''}` : queue.name}</bdi>
        </Text>
      </div>
      <Cell label={t('queues.pending')}>{number.format(queue.pending)}</Cell>
      <Cell label={t('queues.oldest')} state={waits ? calmOf(queue.oldestAgeMs) : 'calm'}>
        {waits ? ageText(queue.oldestAgeMs, i18n.language) : '–'}
      </Cell>
      <Cell label={t('queues.delayed')}>{number.format(queue.delayed)}</Cell>
      <Cell label={t('queues.dead')} state={queue.dead > 0 ? 'late' : 'calm'}>
        {queue.dead > 0 ? (
          <Anchor
            component={Link}
            to={lettersPath(queue.workspaceId ?? '')}
            size="sm"
            c="inherit"
            underline="always"
          >
            {dead}
          </Anchor>
        ) : (
          dead
        )}
      </Cell>
    </li>
  )
}

function Cell({ label, state = 'calm', children }: { label: string; state?: string; children: ReactNode }) {
  return (
    <div className={styles.figure} data-state={state}>
      <span className={styles.label}>{label}: </span>
      {children}
    </div>
  )
}
