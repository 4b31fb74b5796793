// A press of the button proves the address, not the opening of the link: mail filters open links, too.
import { Button, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useVerifyEmail } from '@/features/accounts/api/links'
import { GuestFrame } from '@/features/accounts/components/guest_frame'
import { useLinkToken } from '@/lib/use_link_token'

export function VerifyEmailPage() {
  const { t } = useTranslation('accounts')
  const token = useLinkToken()
  const verify = useVerifyEmail()
  return (
    <GuestFrame title={t('verifyEmail.title')} links={[{ to: paths.home, text: t('verifyEmail.toConsole') }]}>
      {verify.isSuccess ? (
        <Text role="status">{t('verifyEmail.done')}</Text>
      ) : (
        <Stack>
          <Text size="sm" c="dimmed">
            {t('verifyEmail.about')}
          </Text>
          <FailureAlert failure={verify.error} />
          <Button loading={verify.isPending} onClick={() => verify.mutate({ token })}>
            {t('verifyEmail.submit')}
          </Button>
        </Stack>
      )}
    </GuestFrame>
  )
}
