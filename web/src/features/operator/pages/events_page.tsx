// Stored webhooks: when they came and how big they are, and processing them again.
import { Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { deskOf } from '@/features/operator/api/queues'
import { EventsCard } from '@/features/operator/components/events_card'
import { ReplayCard } from '@/features/queues'

export function OperatorEventsPage() {
  const { t } = useTranslation('operator')
  const [workspace, setWorkspace] = useState('')
  const named = workspace.trim()
  return (
    <Page title={t('events.title')} about={t('events.about')}>
      <Stack>
        <ReplayCard desk={deskOf('')} more={named ? { workspaceId: named } : {}}>
          <TextInput
            label={t('events.workspace')}
            description={t('events.workspaceAbout')}
            dir="ltr"
            maw={520}
            value={workspace}
            onChange={(event) => setWorkspace(event.currentTarget.value)}
          />
        </ReplayCard>
        <EventsCard />
      </Stack>
    </Page>
  )
}
