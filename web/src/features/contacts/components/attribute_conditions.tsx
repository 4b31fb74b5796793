// Details that contacts must have, such as city = Graz: a list, and a line to add one.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

interface AttributeConditionsProps {
  attributes: Record<string, string>
  onChange: (attributes: Record<string, string>) => void
}

export function AttributeConditions({ attributes, onChange }: AttributeConditionsProps) {
  const { t } = useTranslation('contacts')
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim() || !value.trim()) return
    onChange({ ...attributes, [name.trim()]: value.trim() })
    setName('')
    setValue('')
  }
  const without = (gone: string) => Object.fromEntries(Object.entries(attributes).filter(([one]) => one !== gone))
  return (
    <form onSubmit={add} aria-label={t('filter.attributes')}>
      <Stack gap="xs">
        <Text size="sm" fw={500}>
          {t('filter.attributes')}
        </Text>
        {Object.entries(attributes).map(([one, wanted]) => (
          <Group key={one} gap="xs" wrap="nowrap" justify="space-between">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              <bdi>{one}</bdi> = <bdi>{wanted}</bdi>
            </Text>
            <ActionIcon variant="subtle" color="gray" aria-label={t('attributes.remove', { name: one })} onClick={() => onChange(without(one))}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group gap="xs" wrap="nowrap">
          <TextInput
            size="xs"
            dir="auto"
            aria-label={t('attributes.name')}
            placeholder={t('attributes.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            dir="auto"
            aria-label={t('attributes.value')}
            placeholder={t('attributes.value')}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button size="xs" type="submit" variant="light" style={{ flexShrink: 0 }}>
            {t('attributes.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
