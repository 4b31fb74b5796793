import { Button, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { useSecondFactorLogIn } from '@/features/accounts/api/log_in'

interface SecondFactorFormProps {
  challengeToken: string
  onDone: () => void
  onBack: () => void
}

export function SecondFactorForm({ challengeToken, onDone, onBack }: SecondFactorFormProps) {
  const { t } = useTranslation('accounts')
  const [code, setCode] = useState('')
  const logIn = useSecondFactorLogIn()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    logIn.mutate({ challengeToken, code: code.trim() }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t('secondFactor.code')}
          autoComplete="one-time-code"
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <FailureAlert failure={logIn.error} />
        <Button type="submit" loading={logIn.isPending}>
          {t('secondFactor.submit')}
        </Button>
        <Button variant="subtle" onClick={onBack}>
          {t('secondFactor.back')}
        </Button>
      </Stack>
    </form>
  )
}
