// Asks before letters are replayed or discarded, and does it.
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { Stack, Text } from '@mantine/core'
import { useActOnLetters } from '@/features/queues/api/letters'
import type { Acted } from '@/features/queues/components/act_results'
import type { Desk, Letter, LetterAct } from '@/features/queues/desk'

export interface WantedAct {
  act: LetterAct
  letters: Letter[]
}

interface ActDialogProps {
  desk: Desk
  wanted: WantedAct
  onDone: (acted: Acted) => void
  onClose: () => void
}

export function ActDialog({ desk, wanted: { act, letters }, onDone, onClose }: ActDialogProps) {
  const { t } = useTranslation('queues')
  const [done, setDone] = useState(0)
  const run = useActOnLetters(desk, setDone)
  const count = letters.length
  const running = useRef<AbortController>(null)
  const confirm = () => {
    running.current = new AbortController()
    const { signal } = running.current
    run.mutate({ act, ids: letters.map(({ id }) => id), signal }, { onSuccess: (results) => onDone({ act, letters, results }) })
  }
  // What is under way is waited for: it says how many were done.
  const close = () => (run.isPending ? running.current?.abort() : onClose())
  const shared = { pending: run.isPending, failure: run.error, onClose: close, act: t(`acts.${act}`) }
  const text = run.isPending && done > 0 ? t('acts.progress', { done, count }) : t(`acts.${act}Text`, { count })
  if (act === 'discard') {
    return <ConfirmDialog {...shared} title={t('acts.discardTitle', { count })} text={text} onConfirm={confirm} />
  }
  return (
    <Dialog title={t('acts.replayTitle', { count })} onClose={close}>
      <Stack>
        <Text size="sm">{text}</Text>
        <DialogButtons {...shared} onAct={confirm} />
      </Stack>
    </Dialog>
  )
}
