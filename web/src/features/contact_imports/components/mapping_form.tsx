// A file that came: what its columns mean, what to do with people who are known, and how the first
// rows would look. Starts the import.
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { FailureAlert } from '@/components/failure_alert'
import { useCancelImport, useStartImport, type Import } from '@/features/contact_imports/api/imports'
import { ColumnList } from '@/features/contact_imports/components/column_list'
import { OptionFields } from '@/features/contact_imports/components/option_fields'
import { PreviewTable } from '@/features/contact_imports/components/preview_table'
import { StopDialog } from '@/features/contact_imports/components/stop_dialog'
import { flawOf, previewOf, targetOf, wireOf } from '@/features/contact_imports/mapping'
import { noOptions, startOf } from '@/features/contact_imports/options'

export function MappingForm({ one }: { one: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const [targets, setTargets] = useState(() => one.header.map((header, at) => targetOf(one.guess[at] ?? null, header)))
  const [options, setOptions] = useState(noOptions)
  const [discarding, setDiscarding] = useState(false)
  const start = useStartImport(one.id)
  const cancel = useCancelImport(one.id)
  const flaw = flawOf(targets)
  const previews = one.sample.map((cells) => previewOf(cells, targets, options.tags))
  const rows = new Intl.NumberFormat(i18n.language).format(one.rowsTotal)
  return (
    <Stack gap="md">
      <Card title={t('mapping.title')} about={t('mapping.about')}>
        <ColumnList header={one.header} sample={one.sample} targets={targets} onChange={setTargets} />
      </Card>
      <Card title={t('options.title')}>
        <OptionFields options={options} onChange={setOptions} />
      </Card>
      <Card title={t('preview.title')} about={t('preview.about')}>
        <PreviewTable previews={previews} />
      </Card>
      {flaw ? (
        <Alert color="yellow" variant="light" role="status">
          <Text size="sm">{t(`mapping.flaws.${flaw}`)}</Text>
        </Alert>
      ) : null}
      <FailureAlert failure={start.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => setDiscarding(true)}>
          {t('mapping.discard')}
        </Button>
        <Button
          disabled={flaw !== null}
          loading={start.isPending}
          onClick={() => start.mutate({ mapping: targets.map(wireOf), ...startOf(options) })}
        >
          {t('mapping.start', { count: one.rowsTotal, rows })}
        </Button>
      </Group>
      {discarding ? (
        <StopDialog
          cancel={cancel}
          title={t('mapping.discardQuestion')}
          about={t('mapping.discardAbout')}
          act={t('mapping.discardAct')}
          onClose={() => setDiscarding(false)}
        />
      ) : null}
    </Stack>
  )
}
