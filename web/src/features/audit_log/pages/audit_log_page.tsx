import { Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ExportButton } from '@/components/export_button'
import { Page } from '@/components/page'
import { openExport } from '@/features/audit_log/api/audit_logs'
import { EntriesCard } from '@/features/audit_log/components/entries_card'
import { FilterBar } from '@/features/audit_log/components/filter_bar'
import { ProofCard } from '@/features/audit_log/components/proof_card'
import { everything } from '@/features/audit_log/filter'

const typingPauseMs = 300

export function AuditLogPage() {
  const { t } = useTranslation('audit_log')
  const [filter, setFilter] = useState(everything)
  const [settled] = useDebouncedValue(filter, typingPauseMs)
  return (
    <Page title={t('title')} about={t('about')} actions={<ExportButton name="audit-log" open={(format, signal) => openExport(filter, format, signal)} />}>
      <Stack>
        <FilterBar filter={filter} onChange={setFilter} />
        <EntriesCard filter={settled} onClear={() => setFilter(everything)} />
        <ProofCard />
      </Stack>
    </Page>
  )
}
