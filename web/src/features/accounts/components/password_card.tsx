import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { FailureAlert } from '@/components/failure_alert'
import { useChangePassword } from '@/features/accounts/api/security'
import { isLongEnough, passwordCharactersMin } from '@/features/accounts/rules'

export function PasswordCard() {
  const { t } = useTranslation('accounts')
  const change = useChangePassword()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (text) => (text ? null : t('fields.passwordMissing')),
      newPassword: (text) => (isLongEnough(text) ? null : t('fields.passwordShort', { count: passwordCharactersMin })),
    },
  })
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.reset()
        notifications.show({ message: t('security.passwordChanged') })
      },
    }),
  )
  return (
    <Card title={t('security.password')} about={t('security.passwordAbout')}>
      <form onSubmit={submit} noValidate>
        <Stack maw={360}>
          <PasswordInput
            label={t('fields.currentPassword')}
            autoComplete="current-password"
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label={t('fields.newPassword')}
            description={t('fields.passwordRule', { count: passwordCharactersMin })}
            autoComplete="new-password"
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <FailureAlert failure={change.error} />
          <Group>
            <Button type="submit" variant="light" loading={change.isPending}>
              {t('security.changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
