import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { useRemoveMember } from '@/features/team/api/members'
import type { MemberDialogProps } from '@/features/team/components/member_dialog'

export function RemoveMemberDialog({ member, onClose }: MemberDialogProps) {
  const { t } = useTranslation('team')
  const remove = useRemoveMember(member.id)
  return (
    <ConfirmDialog
      title={t('remove.open')}
      text={t('remove.text', { name: member.name })}
      act={t('remove.open')}
      pending={remove.isPending}
      failure={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
