import { Badge, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { QueryView } from '@/components/query_view'
import { secondFactorQuery } from '@/features/accounts/api/security'
import { DisableFactorDialog } from '@/features/accounts/components/disable_factor_dialog'
import { EnrolFactorDialog } from '@/features/accounts/components/enrol_factor_dialog'

export function SecondFactorCard() {
  const { t } = useTranslation('accounts')
  const query = useQuery(secondFactorQuery)
  const [opened, { open, close }] = useDisclosure()
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
            <Button variant={enabled ? 'light' : 'filled'} color={enabled ? 'red' : 'brand'} onClick={open}>
              {enabled ? t('factor.turnOff') : t('factor.turnOn')}
            </Button>
            {opened && enabled ? <DisableFactorDialog onClose={close} /> : null}
            {opened && !enabled ? <EnrolFactorDialog onClose={close} /> : null}
          </Group>
        )}
      </QueryView>
    </Card>
  )
}
