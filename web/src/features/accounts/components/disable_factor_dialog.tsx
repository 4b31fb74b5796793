import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { FailureAlert } from '@/components/failure_alert'
import { useDisableSecondFactor } from '@/features/accounts/api/security'

export function DisableFactorDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('accounts')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const disable = useDisableSecondFactor()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    disable.mutate({ password, code: code.trim() }, { onSuccess: onClose })
  }
  return (
    <Dialog onClose={onClose} title={t('factor.turnOff')}>
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label={t('fields.currentPassword')}
            autoComplete="current-password"
            data-autofocus
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <TextInput
            label={t('secondFactor.code')}
            autoComplete="one-time-code"
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <FailureAlert failure={disable.error} />
          <Button type="submit" color="red" loading={disable.isPending}>
            {t('factor.turnOff')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  )
}
