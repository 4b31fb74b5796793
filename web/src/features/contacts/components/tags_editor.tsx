import { Badge, Group, Stack, TagsInput, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useChangeContact, type Contact } from '@/features/contacts/api/contacts'
import { useAllowed } from '@/lib/permissions'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function TagsEditor({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayEdit = useAllowed('editContacts')
  const change = useChangeContact(contact.id)
  const notifyFailure = useNotifyFailure()
  // What is under way is shown at once; a refusal shows the server's tags again.
  const shown = change.isPending ? (change.variables.tags ?? contact.tags) : contact.tags
  if (!mayEdit) {
    return (
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t('fields.tags')}
        </Text>
        <TagList tags={contact.tags} />
      </Stack>
    )
  }
  return (
    <TagsInput
      label={t('fields.tags')}
      placeholder={shown.length === 0 ? t('tags.add') : undefined}
      value={shown}
      acceptValueOnBlur
      onChange={(tags) => change.mutate({ tags: tags.map((tag) => tag.trim()).filter(Boolean) }, { onError: notifyFailure })}
    />
  )
}

export function TagList({ tags, max = Infinity }: { tags: string[]; max?: number }) {
  const { t } = useTranslation('contacts')
  if (tags.length === 0) return null
  return (
    <Group gap={4}>
      {tags.slice(0, max).map((tag) => (
        <Badge key={tag} variant="light" color="gray" size="sm">
          <bdi>{tag}</bdi>
        </Badge>
      ))}
      {tags.length > max ? (
        <Text size="xs" c="dimmed">
          {t('tags.more', { count: tags.length - max })}
        </Text>
      ) : null}
    </Group>
  )
}
