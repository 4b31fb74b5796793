import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { useChangeWorkspace } from '@/features/workspace/api/change'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function InboxCard({ showUnassigned }: { showUnassigned: boolean }) {
  const { t } = useTranslation('workspace')
  const change = useChangeWorkspace()
  const notifyFailure = useNotifyFailure()
  const shown = change.isPending ? !showUnassigned : showUnassigned
  return (
    <Card title={t('inbox.title')}>
      <Switch
        label={t('inbox.showUnassigned')}
        description={t('inbox.showUnassignedAbout')}
        checked={shown}
        disabled={change.isPending}
        onChange={(event) =>
          change.mutate(
            { settings: { inbox: { showUnassigned: event.currentTarget.checked } } },
            { onError: notifyFailure },
          )
        }
      />
    </Card>
  )
}
