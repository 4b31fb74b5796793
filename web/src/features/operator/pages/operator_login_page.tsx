import { Badge, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconShieldCog } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { GuestFrame, isEmail } from '@/features/accounts'
import { useOperatorLogIn } from '@/features/operator/api/log_in'
import { safeNext } from '@/lib/safe_next'

export function OperatorLoginPage() {
  const { t } = useTranslation(['operator', 'accounts'])
  const search: { next?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const logIn = useOperatorLogIn()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (text) => (isEmail(text) ? null : t('accounts:fields.emailWrong')),
      password: (text) => (text ? null : t('accounts:fields.passwordMissing')),
    },
  })
  const next = safeNext(search.next)
  const enter = () =>
    navigate({ to: next.startsWith(`${paths.operator}/`) ? next : paths.operatorWorkspaces, replace: true })
  return (
    <GuestFrame
      title={t('login.title')}
      about={t('login.about')}
      links={[{ to: paths.login, text: t('login.toMembers') }]}
    >
      <form onSubmit={form.onSubmit((values) => logIn.mutate(values, { onSuccess: enter }))} noValidate>
        <Stack>
          <Group>
            <Badge color="yellow.4" autoContrast size="lg" leftSection={<IconShieldCog size={14} aria-hidden />}>
              {t('mark')}
            </Badge>
          </Group>
          <TextInput
            label={t('accounts:fields.email')}
            type="email"
            autoComplete="username"
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('accounts:fields.password')}
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
    </GuestFrame>
  )
}
