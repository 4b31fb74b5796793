// An import under way: how far it is, and a way to stop it.
import { Button, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { useCancelImport, type Import } from '@/features/contact_imports/api/imports'
import { Counts } from '@/features/contact_imports/components/counts'
import { StopDialog } from '@/features/contact_imports/components/stop_dialog'

export function ProgressCard({ one }: { one: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const [stopping, setStopping] = useState(false)
  const cancel = useCancelImport(one.id)
  const number = new Intl.NumberFormat(i18n.language)
  const share = one.rowsTotal > 0 ? one.rowsDone / one.rowsTotal : 0
  const progress = t('progress.rows', { count: one.rowsTotal, done: number.format(one.rowsDone), total: number.format(one.rowsTotal) })
  return (
    <Card
      title={one.state === 'queued' ? t('progress.waiting') : t('progress.title')}
      about={one.state === 'queued' ? t('progress.waitingAbout') : t('progress.about')}
      actions={
        <Button variant="default" style={{ flexShrink: 0 }} onClick={() => setStopping(true)}>
          {t('progress.stop')}
        </Button>
      }
    >
      <Stack gap="sm">
        <Progress value={share * 100} size="lg" aria-label={progress} animated={one.state === 'running'} />
        <Text size="sm">{progress}</Text>
        <Counts of={one} />
      </Stack>
      {stopping ? (
        <StopDialog
          cancel={cancel}
          title={t('progress.stopQuestion')}
          about={t('progress.stopAbout')}
          act={t('progress.stop')}
          onClose={() => setStopping(false)}
        />
      ) : null}
    </Card>
  )
}
