import { Stack } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useChangeApiKey } from '@/features/api_keys/api/api_keys'
import { NameField, NetworksField } from '@/features/api_keys/components/key_fields'

interface EditKeyDialogProps {
  apiKey: components['schemas']['ApiKey']
  onClose: () => void
}

export function EditKeyDialog({ apiKey, onClose }: EditKeyDialogProps) {
  const { t } = useTranslation(['api_keys', 'components'])
  const [name, setName] = useState(apiKey.name)
  const [allowedNetworks, setNetworks] = useState(apiKey.allowedNetworks)
  const change = useChangeApiKey(apiKey.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ name: name.trim(), allowedNetworks }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('edit')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <NameField value={name} onChange={setName} />
          <NetworksField value={allowedNetworks} onChange={setNetworks} />
          <DialogButtons act={t('components:save')} pending={change.isPending} failure={change.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
