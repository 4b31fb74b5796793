import '@mantine/charts/styles.css'

import { Alert, SegmentedControl, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { overviewQuery } from '@/features/overview/api/overview'
import { Figures } from '@/features/overview/components/figures'
import { MessagesCard } from '@/features/overview/components/messages_card'
import { NumbersCard } from '@/features/overview/components/numbers_card'
import { OpenCard } from '@/features/overview/components/open_card'

const periods = [7, 14, 30, 90]

export function OverviewPage() {
  const { t } = useTranslation('overview')
  const [days, setDays] = useState(14)
  const query = useQuery(overviewQuery(days))
  const period = (
    <SegmentedControl
      aria-label={t('period')}
      data={periods.map((count) => ({ value: String(count), label: t('days', { count }) }))}
      value={String(days)}
      onChange={(value) => setDays(Number(value))}
      size="xs"
    />
  )
  return (
    <Page title={t('title')} about={t('about')} actions={period}>
      <QueryView query={query}>
        {(overview) => (
          <Stack>
            {overview.complete ? null : <Alert color="blue">{t('incomplete')}</Alert>}
            <Figures overview={overview} />
            <MessagesCard overview={overview} />
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <OpenCard overview={overview} />
              <NumbersCard />
            </SimpleGrid>
          </Stack>
        )}
      </QueryView>
    </Page>
  )
}
