// Naming a view: a new one from the filter of now, or one that is there.
import { Checkbox, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useCreateView, useRenameView, type View } from '@/features/inbox/api/views'
import type { ListFilter } from '@/features/inbox/filter'
import { useAllowed } from '@/lib/permissions'

const nameLengthMax = 80

export function NewViewDialog({ filter, onClose }: { filter: ListFilter; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const mayShare = useAllowed('assignConversations')
  const create = useCreateView()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ name: name.trim(), filter, shared }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('views.newTitle')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <NameField name={name} onChange={setName} />
          {mayShare ? (
            <Checkbox label={t('views.share')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
          ) : null}
          <DialogButtons act={t('views.save')} pending={create.isPending} failure={create.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

export function RenameViewDialog({ view, onClose }: { view: View; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const rename = useRenameView(view.id)
  const [name, setName] = useState(view.name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate(name.trim(), { onSuccess: onClose })
  }
  return (
    <Dialog title={t('views.rename')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <NameField name={name} onChange={setName} />
          <DialogButtons act={t('views.save')} pending={rename.isPending} failure={rename.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const { t } = useTranslation('inbox')
  return (
    <TextInput
      label={t('views.nameLabel')}
      required
      maxLength={nameLengthMax}
      dir="auto"
      data-autofocus
      value={name}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
