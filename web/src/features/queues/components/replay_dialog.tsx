import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useReplayEvents } from '@/features/queues/api/letters'
import type { Desk, EventReplay } from '@/features/queues/desk'

interface ReplayDialogProps {
  desk: Desk
  wanted: EventReplay
  onClose: () => void
  /** With words on what was started. */
  onStarted: (text: string) => void
}

export function ReplayDialog({ desk, wanted, onClose, onStarted }: ReplayDialogProps) {
  const { t, i18n } = useTranslation('queues')
  const replay = useReplayEvents(desk)
  const exact = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' })
  const period = { from: exact.format(new Date(wanted.from ?? 0)), to: exact.format(new Date(wanted.to ?? 0)) }
  const run = () =>
    replay.mutate(wanted, {
      onSuccess: ({ replayId, queued }) => {
        onStarted(
          queued === null ? t('replay.startedPeriod', { id: replayId }) : t('replay.started', { id: replayId, count: queued }),
        )
        onClose()
      },
    })
  return (
    <Dialog title={t('replay.confirmTitle')} onClose={onClose}>
      <Stack>
        <Text size="sm">
          {wanted.ids ? t('replay.confirmIds', { count: wanted.ids.length }) : t('replay.confirmPeriod', period)}{' '}
          {t('replay.safe')}
        </Text>
        <DialogButtons
          act={t('replay.confirm')}
          pending={replay.isPending}
          failure={replay.error}
          onAct={run}
          onClose={onClose}
        />
      </Stack>
    </Dialog>
  )
}
