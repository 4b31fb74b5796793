// How long the audit log is kept. Fewer days destroy entries, so that is asked first.
import { NumberInput, Stack } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { ConfirmDialog } from '@/components/confirm_dialog'
import { useChangeWorkspace } from '@/features/workspace/api/change'
import { SaveLine } from '@/features/workspace/components/save_line'
import { retentionDays } from '@/features/workspace/settings'

const { min, max } = retentionDays

export function AuditCard({ days }: { days: number }) {
  const { t } = useTranslation('workspace')
  const [value, setValue] = useState<number | string>(days)
  const [asking, setAsking] = useState(false)
  const change = useChangeWorkspace()
  const wanted = Number(value)
  const valid = Number.isInteger(wanted) && wanted >= min && wanted <= max
  const save = () =>
    change.mutate({ settings: { audit: { retentionDays: wanted } } }, { onSuccess: () => setAsking(false) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted < days) setAsking(true)
    else save()
  }
  return (
    <Card title={t('audit.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <NumberInput
            label={t('audit.days')}
            description={t('audit.daysAbout', { min, max })}
            min={min}
            max={max}
            allowDecimal={false}
            maw={320}
            value={value}
            onChange={setValue}
          />
          <SaveLine save={change} changed={wanted !== days} valid={valid} />
        </Stack>
      </form>
      {asking ? (
        <ConfirmDialog
          title={t('audit.lower')}
          text={t('audit.lowerText', { count: wanted })}
          act={t('audit.lower')}
          pending={change.isPending}
          failure={change.error}
          onConfirm={save}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Card>
  )
}
