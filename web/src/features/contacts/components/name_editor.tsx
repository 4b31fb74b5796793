import { ActionIcon, Group, Text, TextInput, Tooltip } from '@mantine/core'
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { useChangeContact, type Contact } from '@/features/contacts/api/contacts'
import { ContactAvatar } from '@/features/contacts/components/contact_avatar'
import { ContactName } from '@/features/contacts/components/contact_name'
import { useAllowed } from '@/lib/permissions'

export function NameEditor({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayEdit = useAllowed('editContacts')
  const [editing, setEditing] = useState(false)
  if (editing) return <NameForm contact={contact} onDone={() => setEditing(false)} />
  return (
    <Group wrap="nowrap" gap="sm">
      <ContactAvatar contact={contact} size={38} />
      <Text fw={600} style={{ minWidth: 0, overflowWrap: 'anywhere' }} lineClamp={3}>
        <ContactName contact={contact} />
      </Text>
      {mayEdit ? (
        <Tooltip label={t('name.edit')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('name.edit')} onClick={() => setEditing(true)}>
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </Group>
  )
}

function NameForm({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const { t } = useTranslation('contacts')
  const [name, setName] = useState(contact.name)
  const change = useChangeContact(contact.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === contact.name) onDone()
    else change.mutate({ name: name.trim() }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit}>
      <Group wrap="nowrap" gap={4} align="flex-end">
        <TextInput
          label={t('fields.name')}
          dir="auto"
          maxLength={200}
          autoFocus
          style={{ flexGrow: 1 }}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && onDone()}
        />
        <ActionIcon type="submit" size="lg" variant="light" aria-label={t('save')} loading={change.isPending}>
          <IconCheck size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon size="lg" variant="subtle" color="gray" aria-label={t('cancel')} onClick={onDone}>
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <FailureAlert failure={change.error} />
    </form>
  )
}
