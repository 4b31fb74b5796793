// A workspace's plan, and a limit of its own instead of the plan's.
import { NativeSelect, NumberInput, Stack, Switch } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useChangeTenant, type Tenant } from '@/features/operator/api/workspaces'

type Plan = components['schemas']['Plan']
const plans: Plan[] = ['free', 'starter', 'pro', 'enterprise']
const limitMax = 1_000_000

export function ChangeDialog({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const { t } = useTranslation(['operator', 'workspace', 'components'])
  const [plan, setPlan] = useState(tenant.plan)
  const [own, setOwn] = useState(tenant.ownLimit !== null)
  const [limit, setLimit] = useState<number | string>(tenant.requestsPerMinute)
  const [fault, setFault] = useState<string | null>(null)
  const change = useChangeTenant(tenant.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const figure = Number(limit)
    if (own && !(Number.isInteger(figure) && figure >= 1 && figure <= limitMax)) {
      setFault(t('change.limitWrong', { max: limitMax }))
    } else change.mutate({ plan, ownLimit: own ? figure : null }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('change.title', { name: tenant.name })} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <NativeSelect
            label={t('workspaces.plan')}
            data={plans.map((value) => ({ value, label: t(`workspace:plan.names.${value}`) }))}
            value={plan}
            onChange={(event) => setPlan(plans.find((one) => one === event.currentTarget.value) ?? plan)}
          />
          <Switch
            label={t('change.own')}
            description={t('change.ownAbout')}
            checked={own}
            onChange={(event) => setOwn(event.currentTarget.checked)}
          />
          {own ? (
            <NumberInput
              label={t('change.limit')}
              error={fault}
              min={1}
              max={limitMax}
              allowDecimal={false}
              thousandSeparator
              value={limit}
              onChange={(value) => {
                setLimit(value)
                setFault(null)
              }}
            />
          ) : null}
          <DialogButtons
            act={t('components:save')}
            pending={change.isPending}
            failure={change.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  )
}
