// What the workspace has noted about a contact: names and values. Values that are no text stay as they are.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState, type FormEvent, type Ref } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { useChangeAttributes, type Contact } from '@/features/contacts/api/contacts'
import { showValue, toRows } from '@/features/contacts/attributes'
import { useInlineEdit } from '@/features/contacts/use_inline_edit'
import { useAllowed } from '@/lib/permissions'

export function AttributesEditor({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayEdit = useAllowed('editContacts')
  const { form, editing, returns, begin, end } = useInlineEdit()
  const entries = Object.entries(contact.attributes as Record<string, unknown>)
  if (!mayEdit && entries.length === 0) return null
  if (editing) return <AttributesForm ref={form} contact={contact} onDone={end} />
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {t('attributes.title')}
        </Text>
        {mayEdit ? (
          <Button size="compact-xs" variant="subtle" autoFocus={returns} onClick={begin}>
            {entries.length === 0 ? t('attributes.add') : t('edit')}
          </Button>
        ) : null}
      </Group>
      {entries.map(([name, value]) => (
        <Group key={name} justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <bdi>{name}</bdi>
          </Text>
          <Text size="sm" ta="end" style={{ overflowWrap: 'anywhere' }} lineClamp={4}>
            <bdi>{showValue(value)}</bdi>
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

interface AttributesFormProps {
  ref: Ref<HTMLFormElement>
  contact: Contact
  onDone: () => void
}

function AttributesForm({ ref, contact, onDone }: AttributesFormProps) {
  const { t } = useTranslation('contacts')
  const [before] = useState(contact.attributes)
  const [rows, setRows] = useState(() => {
    const known = toRows(before)
    return known.length > 0 ? known : [{ name: '', text: '' }]
  })
  const change = useChangeAttributes(contact.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ before, rows }, { onSuccess: onDone })
  }
  const set = (index: number, part: { name?: string; text?: string }) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  return (
    <form ref={ref} onSubmit={submit} aria-label={t('attributes.title')}>
      <Stack gap="xs">
        <Text size="sm" fw={500}>
          {t('attributes.title')}
        </Text>
        {rows.map((row, index) => (
          <Group key={index} gap={4} wrap="nowrap">
            <TextInput
              size="xs"
              aria-label={t('attributes.name')}
              placeholder={t('attributes.name')}
              dir="auto"
              autoFocus={index === 0}
              value={row.name}
              onChange={(event) => set(index, { name: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label={t('attributes.value')}
              placeholder={t('attributes.value')}
              dir="auto"
              value={row.text}
              onChange={(event) => set(index, { text: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('attributes.remove', { name: row.name })}
              onClick={() => setRows(rows.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <FailureAlert failure={change.error} />
        <Group gap="xs">
          <Button size="xs" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setRows([...rows, { name: '', text: '' }])}>
            {t('attributes.add')}
          </Button>
          <Button size="xs" variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button size="xs" type="submit" loading={change.isPending}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
