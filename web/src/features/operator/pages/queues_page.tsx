// Every queue that has something in it, the one that waits longest first.
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { queuesQuery } from '@/features/operator/api/queues'
import { QueueRow } from '@/features/operator/components/queue_row'
import styles from '@/features/operator/components/queue_list.module.css'
import { refreshMs } from '@/features/queues'

export function OperatorQueuesPage() {
  const { t } = useTranslation('operator')
  const query = useQuery(queuesQuery)
  return (
    <Page title={t('queues.title')} about={t('queues.about', { seconds: refreshMs / 1000 })}>
      <Card title={t('queues.list')}>
        <QueryView
          query={query}
          empty={{
            when: ({ queues }) => queues.length === 0,
            show: <EmptyState title={t('queues.none')} text={t('queues.noneAbout')} />,
          }}
        >
          {({ queues, leftOut }) => (
            <Stack gap="xs">
              <div className={styles.head} aria-hidden>
                <span>{t('queues.queue')}</span>
                <span>{t('queues.pending')}</span>
                <span>{t('queues.oldest')}</span>
                <span>{t('queues.delayed')}</span>
                <span>{t('queues.dead')}</span>
              </div>
              <ul className={styles.list} aria-label={t('queues.list')}>
                {queues.map((queue) => (
                  <QueueRow key={queue.name} queue={queue} />
                ))}
              </ul>
              {leftOut > 0 ? (
                <Text size="sm" c="dimmed">
                  {t('queues.leftOut', { count: leftOut })}
                </Text>
              ) : null}
            </Stack>
          )}
        </QueryView>
      </Card>
    </Page>
  )
}
