import { Badge, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { TimeText } from '@/components/time_text'
import { limitsQuery, type Limits } from '@/features/workspace/api/limits'

interface PlanCardProps {
  plan: components['schemas']['Plan']
  createdAt: string
}

export function PlanCard({ plan, createdAt }: PlanCardProps) {
  const { t } = useTranslation('workspace')
  const { data: limits } = useQuery(limitsQuery)
  return (
    <Card
      title={t('plan.title')}
      about={t('plan.about')}
      actions={<Badge size="lg">{t(`plan.names.${plan}`)}</Badge>}
    >
      {limits ? <LimitsLine limits={limits} /> : null}
      <Text size="sm" c="dimmed">
        {t('plan.since')} <TimeText at={createdAt} />
      </Text>
    </Card>
  )
}

function LimitsLine({ limits: { limit, remaining } }: { limits: Limits }) {
  const { t } = useTranslation('workspace')
  const used = limit - remaining
  return (
    <Stack gap={6}>
      <Text size="sm">{t('plan.requests', { count: limit })}</Text>
      <Progress value={limit > 0 ? (used / limit) * 100 : 0} aria-label={t('plan.used', { used, limit })} />
      <Text size="xs" c="dimmed">
        {t('plan.used', { used, limit })}
      </Text>
    </Stack>
  )
}
