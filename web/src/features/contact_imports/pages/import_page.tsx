// One import, by what it has come to: to be told what its columns mean, under way, ended.
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { BackLink } from '@/components/back_link'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { paths } from '@/config/paths'
import { importQuery, type Import } from '@/features/contact_imports/api/imports'
import { ImportState } from '@/features/contact_imports/components/import_state'
import { MappingForm } from '@/features/contact_imports/components/mapping_form'
import { ProgressCard } from '@/features/contact_imports/components/progress_card'
import { ResultCard } from '@/features/contact_imports/components/result_card'

export function ImportPage() {
  const { t } = useTranslation('contact_imports')
  const { importId = '' } = useParams({ strict: false }) as { importId?: string }
  const query = useQuery(importQuery(importId))
  return (
    <Page
      title={query.data ? query.data.fileName || t('list.nameless') : t('title')}
      actions={query.data ? <ImportState state={query.data.state} /> : null}
    >
      <Stack>
        <BackLink to={paths.contactImports}>{t('toImports')}</BackLink>
        <QueryView query={query}>{(one) => <Stage one={one} />}</QueryView>
      </Stack>
    </Page>
  )
}

function Stage({ one }: { one: Import }) {
  const { t } = useTranslation('contact_imports')
  switch (one.state) {
    case 'uploading':
      return <EmptyState title={t('uploading.title')} text={t('uploading.text')} />
    case 'ready':
      return <MappingForm key={one.id} one={one} />
    case 'queued':
    case 'running':
      return <ProgressCard one={one} />
    default:
      return <ResultCard one={one} />
  }
}
