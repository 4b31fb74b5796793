import { Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useRemoveSegment, useSaveSegment, type Segment } from '@/features/contacts/api/segments'

const nameLengthMax = 100

interface SegmentDialogProps {
  /** The one that is changed; without it one is made. */
  segment?: Segment
  conditions: Segment['filter']
  onClose: () => void
  onSaved?: (segment: Segment) => void
}

export function SegmentDialog({ segment, conditions, onClose, onSaved }: SegmentDialogProps) {
  const { t } = useTranslation('contacts')
  const { t: words } = useTranslation('components')
  const [name, setName] = useState(segment?.name ?? '')
  const save = useSaveSegment(segment?.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim()) return
    save.mutate(
      { name: name.trim(), filter: conditions },
      {
        onSuccess: (saved) => {
          onClose()
          onSaved?.(saved)
        },
      },
    )
  }
  return (
    <Dialog title={segment ? <bdi>{segment.name}</bdi> : t('segments.addTitle')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('segments.about')}
          </Text>
          <TextInput
            label={t('segments.nameOfOne')}
            dir="auto"
            required
            maxLength={nameLengthMax}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DialogButtons act={words('save')} pending={save.isPending} failure={save.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

interface RemoveSegmentDialogProps {
  segment: Segment
  onClose: () => void
  onRemoved: () => void
}

export function RemoveSegmentDialog({ segment, onClose, onRemoved }: RemoveSegmentDialogProps) {
  const { t } = useTranslation('contacts')
  const remove = useRemoveSegment(segment.id)
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose()
        onRemoved()
      },
    })
  return (
    <ConfirmDialog
      title={t('segments.removeQuestion', { name: segment.name })}
      text={t('segments.removeAbout')}
      act={t('segments.remove')}
      pending={remove.isPending}
      failure={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    />
  )
}
