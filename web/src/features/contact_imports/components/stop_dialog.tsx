import { ConfirmDialog } from '@/components/confirm_dialog'
import type { useCancelImport } from '@/features/contact_imports/api/imports'

interface StopDialogProps {
  cancel: ReturnType<typeof useCancelImport>
  title: string
  about: string
  act: string
  onClose: () => void
}

export function StopDialog({ cancel, title, about, act, onClose }: StopDialogProps) {
  return (
    <ConfirmDialog
      title={title}
      text={about}
      act={act}
      pending={cancel.isPending}
      failure={cancel.error}
      onConfirm={() => cancel.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
