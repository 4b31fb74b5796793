// Whether the workspace's numbers can send.
import { Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { QueryView } from '@/components/query_view'
import { NumberBadge } from '@/features/numbers'
import { useWorkspace } from '@/lib/workspace'

export function NumbersCard() {
  const { t } = useTranslation('overview')
  const query = useWorkspace()
  return (
    <Card title={t('numbers.title')}>
      <QueryView
        query={query}
        empty={{
          when: ({ phoneNumbers }) => phoneNumbers.length === 0,
          show: <Text size="sm">{t('numbers.none')}</Text>,
        }}
      >
        {({ phoneNumbers }) => (
          <Stack gap="xs">
            {phoneNumbers.map((number) => (
              <Group key={number.phoneNumberId} justify="space-between" gap="xs">
                <bdi dir="ltr">{number.displayPhone || number.phoneNumberId}</bdi>
                <NumberBadge number={number} />
              </Group>
            ))}
          </Stack>
        )}
      </QueryView>
    </Card>
  )
}
