// Asks before an act that destroys, and says why when it was refused.
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'

interface ConfirmDialogProps {
  title: string
  text: ReactNode
  /** What the button says: the act, not "yes". */
  act: string
  pending: boolean
  failure: unknown
  onConfirm: () => void
  onClose: () => void
}

export function ConfirmDialog({ title, text, act, pending, failure, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack>
        <Text size="sm">{text}</Text>
        <DialogButtons act={act} pending={pending} failure={failure} onAct={onConfirm} onClose={onClose} danger />
      </Stack>
    </Dialog>
  )
}
