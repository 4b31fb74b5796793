// Where files of contacts are sent, and what became of those before.
import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { BackLink } from '@/components/back_link'
import { Page } from '@/components/page'
import { paths } from '@/config/paths'
import { ImportList } from '@/features/contact_imports/components/import_list'
import { UploadCard } from '@/features/contact_imports/components/upload_card'

export function ImportsPage() {
  const { t } = useTranslation('contact_imports')
  return (
    <Page title={t('title')} about={t('about')}>
      <Stack>
        <BackLink to={paths.contacts}>{t('toContacts')}</BackLink>
        <UploadCard />
        <ImportList />
      </Stack>
    </Page>
  )
}
