import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useLogIn } from '@/features/accounts/api/log_in'
import { GuestFrame } from '@/features/accounts/components/guest_frame'
import { SecondFactorForm } from '@/features/accounts/components/second_factor_form'
import { isEmail } from '@/features/accounts/rules'
import { safeNext } from '@/lib/safe_next'

export function LoginPage() {
  const { t } = useTranslation('accounts')
  const [challengeToken, setChallengeToken] = useState<string | null>(null)
  const search: { next?: unknown; ended?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const enter = () => navigate({ to: safeNext(search.next), replace: true })
  const begin = () => setChallengeToken(null)

  if (challengeToken !== null) {
    return (
      <GuestFrame title={t('secondFactor.title')} about={t('secondFactor.about')}>
        <SecondFactorForm challengeToken={challengeToken} onDone={enter} onBack={begin} />
      </GuestFrame>
    )
  }
  return (
    <GuestFrame
      title={t('login.title')}
      links={[
        { to: paths.signup, text: t('login.toSignup') },
        { to: paths.forgotPassword, text: t('login.toForgotPassword') },
      ]}
    >
      {search.ended === true ? (
        <Alert color="yellow" variant="light" c="inherit">
          {t('login.ended')}
        </Alert>
      ) : null}
      <PasswordForm onDone={enter} onChallenge={setChallengeToken} />
    </GuestFrame>
  )
}

function PasswordForm({ onDone, onChallenge }: { onDone: () => void; onChallenge: (token: string) => void }) {
  const { t } = useTranslation('accounts')
  const logIn = useLogIn()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (text) => (isEmail(text) ? null : t('fields.emailWrong')),
      password: (text) => (text ? null : t('fields.passwordMissing')),
    },
  })
  const submit = form.onSubmit((values) =>
    logIn.mutate(values, {
      onSuccess: (challenge) => (challenge ? onChallenge(challenge.challengeToken) : onDone()),
    }),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label={t('fields.email')}
          type="email"
          autoComplete="username"
          autoFocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('fields.password')}
          autoComplete="current-password"
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <FailureAlert failure={logIn.error} />
        <Button type="submit" loading={logIn.isPending} fullWidth>
          {t('login.submit')}
        </Button>
      </Stack>
    </form>
  )
}
