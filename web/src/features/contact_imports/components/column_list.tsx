// One line for each column of the file: its header, what is in it, and what it becomes.
import { NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import classes from '@/features/contact_imports/components/column_list.module.css'
import { detailLengthMax, kinds, type Kind, type Target } from '@/features/contact_imports/mapping'

interface ColumnListProps {
  header: string[]
  sample: string[][]
  targets: Target[]
  onChange: (targets: Target[]) => void
}

const examplesShown = 3

export function ColumnList({ header, sample, targets, onChange }: ColumnListProps) {
  const set = (at: number, change: Partial<Target>) => onChange(targets.map((one, other) => (other === at ? { ...one, ...change } : one)))
  return (
    <Stack gap={0} role="list">
      {header.map((name, at) => (
        <ColumnLine
          key={at}
          name={name}
          examples={sample.map((row) => row[at] ?? '').filter(Boolean).slice(0, examplesShown)}
          target={targets[at] ?? { kind: 'none', detail: name }}
          onChange={(change) => set(at, change)}
        />
      ))}
    </Stack>
  )
}

interface ColumnLineProps {
  name: string
  examples: string[]
  target: Target
  onChange: (change: Partial<Target>) => void
}

function ColumnLine({ name, examples, target, onChange }: ColumnLineProps) {
  const { t } = useTranslation('contact_imports')
  const label = name || t('mapping.nameless')
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm" verticalSpacing={4} className={classes.line} role="listitem">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          <bdi>{label}</bdi>
        </Text>
        <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          {examples.map((example, at) => (
            <span key={at}>
              {at > 0 ? ' · ' : null}
              <bdi>{example}</bdi>
            </span>
          ))}
        </Text>
      </div>
      <NativeSelect
        aria-label={t('mapping.becomes', { column: label })}
        data={kinds.map((kind) => ({ value: kind, label: t(`mapping.kinds.${kind}`) }))}
        value={target.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as Kind })}
      />
      {target.kind === 'attribute' ? (
        <TextInput
          aria-label={t('mapping.detailOf', { column: label })}
          placeholder={t('mapping.detail')}
          dir="auto"
          maxLength={detailLengthMax}
          value={target.detail}
          onChange={(event) => onChange({ detail: event.currentTarget.value })}
        />
      ) : null}
    </SimpleGrid>
  )
}
