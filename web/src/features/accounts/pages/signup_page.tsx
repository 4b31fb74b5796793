import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useSignUp } from '@/features/accounts/api/sign_up'
import { GuestFrame } from '@/features/accounts/components/guest_frame'
import { isEmail, isLongEnough, passwordCharactersMin } from '@/features/accounts/rules'

export function SignupPage() {
  const { t } = useTranslation('accounts')
  const navigate = useNavigate()
  const signUp = useSignUp()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', workspaceName: '', email: '', password: '' },
    validate: {
      name: (text) => (text.trim() ? null : t('fields.nameMissing')),
      workspaceName: (text) => (text.trim() ? null : t('fields.workspaceMissing')),
      email: (text) => (isEmail(text) ? null : t('fields.emailWrong')),
      password: (text) => (isLongEnough(text) ? null : t('fields.passwordShort', { count: passwordCharactersMin })),
    },
  })
  const submit = form.onSubmit((values) =>
    signUp.mutate(values, { onSuccess: () => void navigate({ to: paths.home, replace: true }) }),
  )
  return (
    <GuestFrame
      title={t('signup.title')}
      about={t('signup.about')}
      links={[{ to: paths.login, text: t('signup.toLogin') }]}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label={t('fields.name')}
            autoComplete="name"
            autoFocus
            key={form.key('name')}
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('fields.workspace')}
            autoComplete="organization"
            key={form.key('workspaceName')}
            {...form.getInputProps('workspaceName')}
          />
          <TextInput
            label={t('fields.email')}
            type="email"
            autoComplete="username"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('fields.password')}
            description={t('fields.passwordRule', { count: passwordCharactersMin })}
            autoComplete="new-password"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <FailureAlert failure={signUp.error} />
          <Button type="submit" loading={signUp.isPending}>
            {t('signup.submit')}
          </Button>
        </Stack>
      </form>
    </GuestFrame>
  )
}
