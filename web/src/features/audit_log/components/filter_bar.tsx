import { Autocomplete, Button, Group, NativeSelect, Paper, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useActionWords } from '@/features/audit_log/action_words'
import { useActorNames } from '@/features/audit_log/api/actors'
import { everything, isFiltered, type AuditFilter } from '@/features/audit_log/filter'
import { knownResourceTypes } from '@/features/audit_log/known'

interface FilterBarProps {
  filter: AuditFilter
  onChange: (filter: AuditFilter) => void
}

export function FilterBar({ filter, onChange }: FilterBarProps) {
  const { t } = useTranslation('audit_log')
  const words = useActionWords()
  const isSought = (code: string, search: string) => `${code} ${words[code]}`.toLowerCase().includes(search.trim().toLowerCase())
  const set = (change: Partial<AuditFilter>) => onChange({ ...filter, ...change })
  return (
    <Paper withBorder p="sm" role="search" aria-label={t('filter.name')}>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Autocomplete
          label={t('filter.action')}
          placeholder={t('filter.any')}
          data={Object.keys(words)}
          limit={30}
          filter={({ options, search, limit }) => options.filter((option) => 'value' in option && isSought(option.value, search)).slice(0, limit)}
          renderOption={({ option: { value } }) => <ActionOption code={value} words={words[value]} />}
          value={filter.action}
          onChange={(action) => set({ action })}
        />
        <NativeSelect
          label={t('filter.actorKind')}
          data={[
            { value: '', label: t('filter.any') },
            { value: 'user', label: t('kinds.user') },
            { value: 'api_key', label: t('kinds.api_key') },
            { value: 'system', label: t('kinds.system') },
          ]}
          value={filter.actorKind}
          onChange={(event) => set({ actorKind: event.currentTarget.value as AuditFilter['actorKind'] })}
        />
        <ActorField value={filter.userId} onChange={(userId) => set({ userId })} />
        <Autocomplete
          label={t('filter.resourceType')}
          placeholder={t('filter.any')}
          data={knownResourceTypes}
          value={filter.resourceType}
          onChange={(resourceType) => set({ resourceType })}
        />
        <TextInput
          label={t('filter.resourceId')}
          value={filter.resourceId}
          onChange={(event) => set({ resourceId: event.currentTarget.value })}
        />
        <TextInput
          label={t('filter.from')}
          type="date"
          max={filter.to || undefined}
          value={filter.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t('filter.to')}
          type="date"
          min={filter.from || undefined}
          value={filter.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        <Group align="flex-end">
          {isFiltered(filter) ? (
            <Button variant="subtle" onClick={() => onChange(everything)}>
              {t('filter.clear')}
            </Button>
          ) : null}
        </Group>
      </SimpleGrid>
    </Paper>
  )
}

function ActionOption({ code, words }: { code: string; words: string | undefined }) {
  return (
    <div>
      {words}
      <Text size="xs" c="dimmed">
        <bdi dir="ltr">{code}</bdi>
      </Text>
    </div>
  )
}

/** A name where names are known, else the id. */
function ActorField({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const { t } = useTranslation('audit_log')
  const names = [...useActorNames()]
  const known = value === '' || names.some(([id]) => id === value)
  if (names.length < 2 || !known) {
    return (
      <TextInput
        label={t('filter.actorId')}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  return (
    <NativeSelect
      label={t('filter.actor')}
      data={[{ value: '', label: t('filter.any') }, ...names.map(([id, label]) => ({ value: id, label }))]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
