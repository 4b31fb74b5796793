// How the server is, in plain words, renewed every few seconds.
import { Alert, Anchor, Badge, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { healthQuery, type Health } from '@/features/operator/api/health'
import { QueueFigures, refreshMs } from '@/features/queues'

const metricsAddress = '/metrics'
const healthAddress = '/api/v1/health'

export function OperatorHealthPage() {
  const { t } = useTranslation('operator')
  const query = useQuery(healthQuery)
  return (
    <Page title={t('health.title')} about={t('health.about', { seconds: refreshMs / 1000 })}>
      <QueryView query={query}>{(health) => <Parts health={health} />}</QueryView>
    </Page>
  )
}

function Parts({ health }: { health: Health }) {
  const { t } = useTranslation('operator')
  return (
    <Stack>
      <Verdict health={health} />
      {health.persistence === 'off' ? (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
          {t('health.notKept')}
        </Alert>
      ) : null}
      {health.sendingWaits ? (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
          {t('health.sendingWaits')}
        </Alert>
      ) : null}
      {health.queue ? (
        <QueueFigures title={t('health.webhooks')} about={t('health.webhooksAbout')} counts={health.queue} />
      ) : null}
      {health.outbox ? (
        <QueueFigures title={t('health.outbox')} about={t('health.outboxAbout')} counts={health.outbox} />
      ) : null}
      {health.mail ? (
        <QueueFigures title={t('health.mail')} about={t('health.mailAbout')} counts={health.mail} />
      ) : null}
      <Card title={t('health.program')}>
        <Group gap="xs">
          <Badge variant="light" color="gray">
            {t('health.version', { version: health.version })}
          </Badge>
          <Badge variant="light" color="gray">
            {t(`health.databases.${health.database}`)}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {t('health.metricsAbout')}
        </Text>
        <Group gap="lg">
          <Anchor href={metricsAddress} target="_blank" rel="noreferrer" size="sm">
            {t('health.metrics')}
          </Anchor>
          <Anchor href={healthAddress} target="_blank" rel="noreferrer" size="sm">
            {t('health.raw')}
          </Anchor>
        </Group>
      </Card>
    </Stack>
  )
}

const parts = ['webhooks', 'database'] as const

function Verdict({ health }: { health: Health }) {
  const { t } = useTranslation('operator')
  if (health.status === 'ok') {
    return (
      <Alert role="status" variant="light" icon={<IconCircleCheck size={18} aria-hidden />} title={t('health.ok')}>
        {t('health.okAbout')}
      </Alert>
    )
  }
  const part = parts.find((one) => one === health.failing?.part)
  return (
    <Alert
      role="status"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={t(part ? `health.failing.${part}` : 'health.failing.other')}
    >
      {t(part ? `health.failingAbout.${part}` : 'health.failingAbout.other')}
      {health.failing ? (
        <Text size="sm" c="dimmed">
          {t('health.reason')} <bdi>{health.failing.reason}</bdi>
        </Text>
      ) : null}
    </Alert>
  )
}
