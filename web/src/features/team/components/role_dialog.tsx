import { Alert, Stack } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useChangeRole } from '@/features/team/api/members'
import type { MemberDialogProps } from '@/features/team/components/member_dialog'
import { RoleSelect } from '@/features/team/components/role_select'
import { isOwner } from '@/features/team/rules'

export function RoleDialog({ member, onClose }: MemberDialogProps) {
  const { t } = useTranslation('team')
  const [role, setRole] = useState(member.role)
  const change = useChangeRole(member.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (role === member.role) onClose()
    else change.mutate({ role }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('role.of', { name: member.name })} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <RoleSelect label={t('invite.role')} value={role} onChange={setRole} />
          {isOwner({ role }) && !isOwner(member) ? (
            <Alert color="yellow" variant="light" c="inherit">
              {t('role.ownerAbout')}
            </Alert>
          ) : null}
          <DialogButtons act={t('role.open')} pending={change.isPending} failure={change.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
