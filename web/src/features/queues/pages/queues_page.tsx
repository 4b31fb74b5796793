// A workspace's own queues, dead letters and stored webhooks.
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { ownDesk, queueStatusQuery } from '@/features/queues/api/own_desk'
import { LettersCard } from '@/features/queues/components/letters_card'
import { QueueFigures } from '@/features/queues/components/queue_figures'
import { ReplayCard } from '@/features/queues/components/replay_card'

export function QueuesPage() {
  const { t } = useTranslation('queues')
  const query = useQuery(queueStatusQuery)
  return (
    <Page title={t('title')} about={t('about')}>
      <Stack>
        <QueryView query={query}>
          {({ webhooks, outbox }) => (
            <>
              <QueueFigures title={t('webhooks.title')} about={t('webhooks.about')} counts={webhooks} />
              <QueueFigures title={t('outbox.title')} about={t('outbox.about')} counts={outbox} />
            </>
          )}
        </QueryView>
        <LettersCard desk={ownDesk} />
        <ReplayCard desk={ownDesk} />
      </Stack>
    </Page>
  )
}
