// Who writes, beside their conversation: the contact, and what happened with them.
import { Anchor, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'

import { LoadingState } from '@/components/states'
import { ContactDetails, ContactTimeline } from '@/features/contacts'
import { conversationQuery } from '@/features/inbox/api/conversations'
import { ApiError } from '@/lib/api_error'

/** The timeline is asked for when it is opened: most conversations are answered without. */
export function ConversationDetails({ id }: { id: string }) {
  const { t } = useTranslation('inbox')
  const { data, error } = useQuery(conversationQuery(id))
  if (!data || (error instanceof ApiError && error.gone)) return null
  return (
    <Tabs defaultValue="info" keepMounted={false}>
      <Tabs.List grow mb="md">
        <Tabs.Tab value="info">{t('thread.info')}</Tabs.Tab>
        <Tabs.Tab value="timeline">{t('thread.timeline')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="info">
        <ContactDetails contactId={data.contactId} />
        <Text size="sm" mt="md">
          <Anchor component={Link} to={`/contacts/${data.contactId}`} inherit>
            {t('thread.wholeContact')}
          </Anchor>
        </Text>
      </Tabs.Panel>
      <Tabs.Panel value="timeline">
        <Suspense fallback={<LoadingState />}>
          <ContactTimeline contactId={data.contactId} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  )
}
