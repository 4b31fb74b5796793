import { ActionIcon, Group, Text, TextInput, Tooltip } from '@mantine/core'
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react'
import { useState, type FormEvent, type Ref } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { useChangeContact, type Contact } from '@/features/contacts/api/contacts'
import { ContactAvatar } from '@/features/contacts/components/contact_avatar'
import { ContactName } from '@/features/contacts/components/contact_name'
import { useInlineEdit } from '@/features/contacts/use_inline_edit'
import { useAllowed } from '@/lib/permissions'

export function NameEditor({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayEdit = useAllowed('editContacts')
  const { form, editing, returns, begin, end } = useInlineEdit()
  if (editing) return <NameForm ref={form} contact={contact} onDone={end} />
  return (
    <Group wrap="nowrap" gap="sm">
      <ContactAvatar contact={contact} size={38} />
      <Text fw={600} style={{ minWidth: 0, overflowWrap: 'anywhere' }} lineClamp={3}>
        <ContactName contact={contact} />
      </Text>
      {mayEdit ? (
        <Tooltip label={t('name.edit')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('name.edit')} autoFocus={returns} onClick={begin}>
            <IconPencil size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : null}
    </Group>
  )
}

interface NameFormProps {
  ref: Ref<HTMLFormElement>
  contact: Contact
  onDone: () => void
}

function NameForm({ ref, contact, onDone }: NameFormProps) {
  const { t } = useTranslation('contacts')
  const [name, setName] = useState(contact.name)
  const change = useChangeContact(contact.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === contact.name) onDone()
    else change.mutate({ name: name.trim() }, { onSuccess: onDone })
  }
  return (
    <form ref={ref} onSubmit={submit}>
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
