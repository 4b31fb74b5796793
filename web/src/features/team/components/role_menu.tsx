// Renaming and removing a role of the workspace's own.
import { Menu, Stack, TextInput } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { ConfirmDialog } from '@/components/confirm_dialog'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { RowMenu } from '@/components/row_menu'
import { useEditRoles, useRemoveRole } from '@/features/team/api/roles'
import { mayEditRole } from '@/features/team/rules'
import { useMe } from '@/lib/me'

interface RoleProps {
  role: components['schemas']['Role']
}

export function RoleMenu({ role }: RoleProps) {
  const { t } = useTranslation('team')
  const { data: me } = useMe()
  const [act, setAct] = useState<'rename' | 'remove' | null>(null)
  const close = () => setAct(null)
  if (!me || !mayEditRole(me, role)) return null
  return (
    <>
      <RowMenu name={role.name}>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setAct('rename')}>
          {t('roles.rename')}
        </Menu.Item>
        <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAct('remove')}>
          {t('roles.remove')}
        </Menu.Item>
      </RowMenu>
      {act === 'rename' ? <RenameDialog role={role} onClose={close} /> : null}
      {act === 'remove' ? <RemoveDialog role={role} onClose={close} /> : null}
    </>
  )
}

interface RoleDialogProps extends RoleProps {
  onClose: () => void
}

function RenameDialog({ role, onClose }: RoleDialogProps) {
  const { t } = useTranslation(['team', 'components'])
  const [name, setName] = useState(role.name)
  const edit = useEditRoles()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    edit.mutate([{ id: role.id, name: name.trim() }], { onSuccess: onClose })
  }
  return (
    <Dialog title={t('roles.rename')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('roles.name')}
            data-autofocus
            required
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DialogButtons act={t('components:save')} pending={edit.isPending} failure={edit.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

function RemoveDialog({ role, onClose }: RoleDialogProps) {
  const { t } = useTranslation('team')
  const remove = useRemoveRole()
  return (
    <ConfirmDialog
      title={t('roles.removeNamed', { name: role.name })}
      text={t('roles.removeText')}
      act={t('roles.remove')}
      pending={remove.isPending}
      failure={remove.error}
      onConfirm={() => remove.mutate(role.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
