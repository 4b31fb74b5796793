import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { PasswordCard } from '@/features/accounts/components/password_card'
import { SecondFactorCard } from '@/features/accounts/components/second_factor_card'
import { SessionsCard } from '@/features/accounts/components/sessions_card'

export function SecurityPage() {
  const { t } = useTranslation('accounts')
  return (
    <Page title={t('security.title')} about={t('security.about')}>
      <Stack maw={760}>
        <SecondFactorCard />
        <PasswordCard />
        <SessionsCard />
      </Stack>
    </Page>
  )
}
