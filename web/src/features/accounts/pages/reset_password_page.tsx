import { Button, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useResetPassword } from '@/features/accounts/api/links'
import { GuestFrame } from '@/features/accounts/components/guest_frame'
import { isLongEnough, passwordCharactersMin } from '@/features/accounts/rules'
import { useLinkToken } from '@/lib/use_link_token'

export function ResetPasswordPage() {
  const { t } = useTranslation('accounts')
  const token = useLinkToken()
  const [newPassword, setNewPassword] = useState('')
  const reset = useResetPassword()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reset.mutate({ token, newPassword })
  }
  return (
    <GuestFrame title={t('resetPassword.title')} links={[{ to: paths.login, text: t('toLogin') }]}>
      {reset.isSuccess ? (
        <Text role="status">{t('resetPassword.done')}</Text>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <PasswordInput
              label={t('fields.newPassword')}
              description={t('fields.passwordRule', { count: passwordCharactersMin })}
              autoComplete="new-password"
              autoFocus
              required
              value={newPassword}
              onChange={(event) => setNewPassword(event.currentTarget.value)}
            />
            <FailureAlert failure={reset.error} />
            <Button type="submit" loading={reset.isPending} disabled={!isLongEnough(newPassword)}>
              {t('resetPassword.submit')}
            </Button>
          </Stack>
        </form>
      )}
    </GuestFrame>
  )
}
