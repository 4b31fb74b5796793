// Making a key: what it may do and for how long; then the key itself, which is shown this once.
import { Alert, Button, NativeSelect, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { Permission } from '@/api/generated/permissions'
import { CopyField } from '@/components/copy_field'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { PermissionPicker } from '@/components/permissions/permission_picker'
import { useCreateApiKey } from '@/features/api_keys/api/api_keys'
import { NameField, NetworksField } from '@/features/api_keys/components/key_fields'
import { useMe } from '@/lib/me'

const dayMs = 86_400_000
const dayChoices = [30, 90, 365]
const forever = 0

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('api_keys')
  const { data: me } = useMe()
  const [name, setName] = useState('')
  const [days, setDays] = useState(90)
  const [allowedNetworks, setNetworks] = useState<string[]>([])
  const [permissions, setPermissions] = useState<Permission[]>([])
  const [sent, setSent] = useState(false)
  const create = useCreateApiKey()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setSent(true)
    if (permissions.length === 0) return
    const expiresAt = days === forever ? null : new Date(Date.now() + days * dayMs).toISOString()
    create.mutate({ name: name.trim(), permissions, expiresAt, allowedNetworks })
  }
  if (create.data) return <SecretDialog secret={create.data.secret} onClose={onClose} />
  return (
    <Dialog title={t('create')} size="lg" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <NameField value={name} onChange={setName} />
          <NativeSelect
            label={t('fields.expiry')}
            data={[
              ...dayChoices.map((count) => ({ value: String(count), label: t('fields.days', { count }) })),
              { value: String(forever), label: t('fields.forever') },
            ]}
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
          />
          <NetworksField value={allowedNetworks} onChange={setNetworks} />
          <Text size="sm" fw={500}>
            {t('fields.permissions')}
          </Text>
          <PermissionPicker offered={me?.permissions ?? []} chosen={permissions} onChange={setPermissions} />
          <DialogButtons act={t('submit')} pending={create.isPending} failure={create.error} onClose={onClose}>
            {sent && permissions.length === 0 ? (
              <Alert color="red" variant="light">
                {t('fields.permissionsMissing')}
              </Alert>
            ) : null}
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation('api_keys')
  return (
    <Dialog
      title={t('secret.title')}
      size="lg"
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <CopyField label={t('secret.label')} value={secret} />
        <Alert color="yellow" variant="light" c="inherit">
          {t('secret.once')}
        </Alert>
        <Button onClick={onClose}>{t('secret.done')}</Button>
      </Stack>
    </Dialog>
  )
}
