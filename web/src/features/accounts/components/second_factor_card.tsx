import { Badge, Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { QueryView } from '@/components/query_view'
import { secondFactorQuery } from '@/features/accounts/api/security'
import { DisableFactorDialog } from '@/features/accounts/components/disable_factor_dialog'
import { EnrolFactorDialog } from '@/features/accounts/components/enrol_factor_dialog'

export function SecondFactorCard() {
  const { t } = useTranslation('accounts')
  const query = useQuery(secondFactorQuery)
  // Which one was opened: the answer may change under it, and with it what there is to open.
  const [opened, setOpened] = useState<'enrol' | 'disable' | null>(null)
  const close = () => setOpened(null)
  return (
    <Card title={t('factor.title')} about={t('factor.about')}>
      <QueryView query={query}>
        {({ enabled, recoveryCodesLeft }) => (
          <Group justify="space-between">
            <Group gap="xs">
              <Badge color={enabled ? 'brand' : 'gray'} variant={enabled ? 'filled' : 'light'}>
                {enabled ? t('factor.on') : t('factor.off')}
              </Badge>
              {enabled ? <Text size="sm">{t('factor.codesLeft', { count: recoveryCodesLeft })}</Text> : null}
            </Group>
            <Button
              variant={enabled ? 'light' : 'filled'}
              color={enabled ? 'red' : 'brand'}
              onClick={() => setOpened(enabled ? 'disable' : 'enrol')}
            >
              {enabled ? t('factor.turnOff') : t('factor.turnOn')}
            </Button>
          </Group>
        )}
      </QueryView>
      {opened === 'disable' ? <DisableFactorDialog onClose={close} /> : null}
      {opened === 'enrol' ? <EnrolFactorDialog onClose={close} /> : null}
    </Card>
  )
}
