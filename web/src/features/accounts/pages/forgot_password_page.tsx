import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useRequestPasswordReset } from '@/features/accounts/api/links'
import { GuestFrame } from '@/features/accounts/components/guest_frame'

export function ForgotPasswordPage() {
  const { t } = useTranslation('accounts')
  const [email, setEmail] = useState('')
  const request = useRequestPasswordReset()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    request.mutate({ email: email.trim() })
  }
  return (
    <GuestFrame title={t('forgotPassword.title')} links={[{ to: paths.login, text: t('toLogin') }]}>
      {request.isSuccess ? (
        <Text role="status">{t('forgotPassword.sent', { email: email.trim() })}</Text>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm" c="dimmed">
              {t('forgotPassword.about')}
            </Text>
            <TextInput
              label={t('fields.email')}
              type="email"
              autoComplete="username"
              autoFocus
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <FailureAlert failure={request.error} />
            <Button type="submit" loading={request.isPending}>
              {t('forgotPassword.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </GuestFrame>
  )
}
