// A role begins with the rights of another one; the ticks of the matrix make it what it shall be.
import { NativeSelect, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useRoleName } from '@/components/permissions/role_name'
import { useCreateRole } from '@/features/team/api/roles'
import { useMe } from '@/lib/me'

interface CreateRoleDialogProps {
  roles: components['schemas']['Role'][]
  onClose: () => void
}

export function CreateRoleDialog({ roles, onClose }: CreateRoleDialogProps) {
  const { t } = useTranslation('team')
  const roleName = useRoleName()
  const { data: me } = useMe()
  const [name, setName] = useState('')
  const [model, setModel] = useState('agent')
  const create = useCreateRole()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const rights = roles.find(({ id }) => id === model)?.permissions ?? []
    const own = rights.filter((permission) => me?.permissions.includes(permission))
    create.mutate({ name: name.trim(), permissions: own }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('roles.create')} onClose={onClose}>
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
          <NativeSelect
            label={t('roles.startFrom')}
            data={roles.map((role) => ({ value: role.id, label: roleName(role.id, role.name) }))}
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
          <DialogButtons act={t('roles.submit')} pending={create.isPending} failure={create.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
