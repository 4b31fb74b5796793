import { Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { EntriesCard } from '@/features/audit_log/components/entries_card'
import { ExportButton } from '@/features/audit_log/components/export_button'
import { FilterBar } from '@/features/audit_log/components/filter_bar'
import { ProofCard } from '@/features/audit_log/components/proof_card'
import { everything } from '@/features/audit_log/filter'

const typingPauseMs = 300

export function AuditLogPage() {
  const { t } = useTranslation('audit_log')
  const [filter, setFilter] = useState(everything)
  const [settled] = useDebouncedValue(filter, typingPauseMs)
  return (
    <Page title={t('title')} about={t('about')} actions={<ExportButton filter={filter} />}>
      <Stack>
        <FilterBar filter={filter} onChange={setFilter} />
        <EntriesCard filter={settled} onClear={() => setFilter(everything)} />
        <ProofCard />
      </Stack>
    </Page>
  )
}
