import { Alert, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { AuditCard } from '@/features/workspace/components/audit_card'
import { InboxCard } from '@/features/workspace/components/inbox_card'
import { NameCard } from '@/features/workspace/components/name_card'
import { OptOutCard } from '@/features/workspace/components/opt_out_card'
import { PlanCard } from '@/features/workspace/components/plan_card'
import { readSettings } from '@/features/workspace/settings'
import { useWorkspace } from '@/lib/workspace'

export function WorkspacePage() {
  const { t } = useTranslation('workspace')
  const query = useWorkspace()
  return (
    <Page title={t('title')} about={t('about')}>
      <QueryView query={query}>
        {(workspace) => {
          const settings = readSettings(workspace.settings)
          return (
            <Stack maw={760}>
              {workspace.suspended ? (
                <Alert color="red" variant="light">
                  {t('suspended', { reason: workspace.suspendedReason })}
                </Alert>
              ) : null}
              <NameCard name={workspace.name} />
              <InboxCard showUnassigned={settings.showUnassigned} />
              <OptOutCard words={settings.optOut} />
              <AuditCard days={settings.retentionDays} />
              <PlanCard plan={workspace.plan} createdAt={workspace.createdAt} />
            </Stack>
          )
        }}
      </QueryView>
    </Page>
  )
}
