// Suspending with a reason, which the members read, and resuming.
import { Stack, Text, Textarea } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useResume, useSuspend, type Tenant } from '@/features/operator/api/workspaces'

const reasonBytesMax = 500
const bytesOf = (text: string) => new TextEncoder().encode(text).length

interface TenantDialogProps {
  tenant: Tenant
  onClose: () => void
}

export function SuspendDialog({ tenant, onClose }: TenantDialogProps) {
  const { t } = useTranslation('operator')
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const suspend = useSuspend(tenant.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const text = reason.trim()
    if (text === '') setFault(t('suspend.reasonMissing'))
    else if (bytesOf(text) > reasonBytesMax) setFault(t('suspend.reasonLong', { max: reasonBytesMax }))
    else suspend.mutate({ reason: text }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('suspend.title', { name: tenant.name })} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm">{t('suspend.text')}</Text>
          <Textarea
            label={t('suspend.reason')}
            description={t('suspend.reasonAbout')}
            error={fault}
            data-autofocus
            autosize
            minRows={2}
            maxRows={6}
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value)
              setFault(null)
            }}
          />
          <DialogButtons
            act={t('suspend.act')}
            pending={suspend.isPending}
            failure={suspend.error}
            onClose={onClose}
            danger
          />
        </Stack>
      </form>
    </Dialog>
  )
}

export function ResumeDialog({ tenant, onClose }: TenantDialogProps) {
  const { t } = useTranslation('operator')
  const resume = useResume(tenant.id)
  return (
    <Dialog title={t('resume.title', { name: tenant.name })} onClose={onClose}>
      <Stack>
        <Text size="sm">{t('resume.text')}</Text>
        <Text size="sm" c="dimmed">
          {t('resume.reason')} <bdi>{tenant.suspendedReason}</bdi>
        </Text>
        <DialogButtons
          act={t('resume.act')}
          pending={resume.isPending}
          failure={resume.error}
          onAct={() => resume.mutate(undefined, { onSuccess: onClose })}
          onClose={onClose}
        />
      </Stack>
    </Dialog>
  )
}
