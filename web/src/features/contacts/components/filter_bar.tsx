// What the list of contacts is filtered by. Everything here can be kept as a segment.
import { Badge, Button, Group, NativeSelect, Popover, Stack, TagsInput, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilter, IconSearch, IconTag } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { AttributeConditions } from '@/features/contacts/components/attribute_conditions'
import classes from '@/features/contacts/components/filter_bar.module.css'
import { activities, activityOf, compact, everyone, isFiltered, withActivity, type Activity, type Conditions, type ContactFilter } from '@/features/contacts/filter'

const typingPauseMs = 250

interface FilterBarProps {
  filter: ContactFilter
  /** To choose from; others can be typed. */
  tags: string[]
  onChange: (filter: ContactFilter) => void
}

export function FilterBar({ filter, tags, onChange }: FilterBarProps) {
  const { t } = useTranslation('contacts')
  const { conditions } = filter
  const [cleared, setCleared] = useState(0)
  const clear = () => {
    setCleared(cleared + 1) // also what is typed and not sent yet
    onChange(everyone)
  }
  const set = (change: Partial<Conditions>) => onChange({ ...filter, conditions: compact({ ...conditions, ...change }) })
  return (
    <Group className={classes.bar} gap="xs" align="flex-start" role="search" aria-label={t('filter.name')}>
      <SearchField key={cleared} value={filter.q} onChange={(q) => onChange({ ...filter, q })} />
      <TagsInput
        aria-label={t('filter.tags')}
        placeholder={conditions.tags ? undefined : t('filter.tags')}
        leftSection={<IconTag size={16} aria-hidden />}
        clearable
        acceptValueOnBlur
        className={classes.tags}
        data={tags}
        value={conditions.tags ?? []}
        onChange={(value) => set({ tags: value })}
      />
      <NativeSelect
        aria-label={t('filter.activity')}
        data={[{ value: '', label: t('filter.anyActivity') }, ...activities.map((one) => ({ value: one, label: t(`filter.activities.${one}`) }))]}
        value={activityOf(conditions) ?? ''}
        onChange={(event) =>
          onChange({ ...filter, conditions: withActivity(conditions, (event.currentTarget.value || null) as Activity | null) })
        }
      />
      <NativeSelect
        aria-label={t('list.status')}
        data={[
          { value: '', label: t('filter.anyStatus') },
          { value: 'false', label: t('optOut.in') },
          { value: 'true', label: t('optOut.out') },
        ]}
        value={conditions.optedOut === undefined ? '' : String(conditions.optedOut)}
        onChange={({ currentTarget: { value } }) => set({ optedOut: value === '' ? undefined : value === 'true' })}
      />
      <MoreFilters className={isFiltered(filter) ? undefined : classes.both} conditions={conditions} tags={tags} onChange={set} />
      {isFiltered(filter) ? (
        <Button variant="subtle" color="gray" onClick={clear}>
          {t('filter.clear')}
        </Button>
      ) : null}
    </Group>
  )
}

/** Asks the server when the typing rests; follows when the filter is changed from elsewhere. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('contacts')
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  const send = useDebouncedCallback((text: string) => {
    sent.current = text
    onChange(text)
  }, typingPauseMs)
  useEffect(() => {
    if (value === sent.current) return
    send.cancel() // what was typed before it
    sent.current = value
    setTyped(value)
  }, [value, send])
  return (
    <TextInput
      type="search"
      aria-label={t('list.search')}
      placeholder={t('list.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      className={classes.search}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        send(event.currentTarget.value.trim())
      }}
    />
  )
}

interface MoreFiltersProps {
  className?: string
  conditions: Conditions
  tags: string[]
  onChange: (change: Partial<Conditions>) => void
}

function MoreFilters({ className, conditions, tags, onChange }: MoreFiltersProps) {
  const { t, i18n } = useTranslation('contacts')
  const count = (conditions.withoutTags?.length ?? 0) + Object.keys(conditions.attributes ?? {}).length
  return (
    <Popover position="bottom-start" width={340} trapFocus returnFocus transitionProps={{ duration: 100 }}>
      <Popover.Target>
        <Button
          className={className}
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          rightSection={count > 0 ? <Badge size="sm" circle>{new Intl.NumberFormat(i18n.language).format(count)}</Badge> : null}
        >
          {t('filter.more')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('filter.more')}>
        <Stack gap="sm">
          <TagsInput
            label={t('filter.withoutTags')}
            clearable
            acceptValueOnBlur
            comboboxProps={{ withinPortal: false }}
            data={tags}
            value={conditions.withoutTags ?? []}
            onChange={(value) => onChange({ withoutTags: value })}
          />
          <AttributeConditions attributes={conditions.attributes ?? {}} onChange={(attributes) => onChange({ attributes })} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
