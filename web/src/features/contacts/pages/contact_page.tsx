// One contact: who it is, the conversations, and what the law asks for.
import { Card as Paper, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { BackLink } from '@/components/back_link'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { paths } from '@/config/paths'
import { contactQuery } from '@/features/contacts/api/contacts'
import { ContactDetails } from '@/features/contacts/components/contact_details'
import { contactLabel } from '@/features/contacts/contact_label'
import { ConversationsCard } from '@/features/contacts/components/conversations_card'
import { DuplicatesCard } from '@/features/contacts/components/duplicates_card'
import { PrivacyCard } from '@/features/contacts/components/privacy_card'

export function ContactPage() {
  const { t } = useTranslation('contacts')
  const { contactId = '' } = useParams({ strict: false }) as { contactId?: string }
  const query = useQuery(contactQuery(contactId))
  return (
    <Page title={query.data ? contactLabel(query.data) : t('title')}>
      <BackLink to={paths.contacts}>{t('back')}</BackLink>
      <QueryView query={query}>
        {(contact) => (
          <SimpleGrid cols={{ base: 1, md: 2 }} mt="sm">
            <Paper withBorder p="md">
              <ContactDetails contactId={contact.id} />
            </Paper>
            <Stack>
              <ConversationsCard contactId={contact.id} />
              <DuplicatesCard contact={contact} />
              <PrivacyCard contact={contact} />
            </Stack>
          </SimpleGrid>
        )}
      </QueryView>
    </Page>
  )
}
