// One number: whether it can send, why not, and what Meta says of it.
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { TimeText } from '@/components/time_text'
import { ConnectDialog } from '@/features/numbers/components/connect_dialog'
import { NumberBadge } from '@/features/numbers/components/number_badge'
import styles from '@/features/numbers/components/number_card.module.css'
import { parseReason, qualityOf, statusOf } from '@/features/numbers/rules'

interface NumberProps {
  number: components['schemas']['PhoneNumber']
}

export function NumberCard({ number }: NumberProps) {
  const { t } = useTranslation('numbers')
  const [connecting, { open, close }] = useDisclosure()
  const status = statusOf(number.status)
  const title = number.displayPhone || number.phoneNumberId
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Title order={2} size="h4">
              <bdi dir="ltr">{title}</bdi>
            </Title>
            <NumberBadge number={number} />
          </Group>
          <Button variant={status === 'connected' ? 'default' : 'filled'} size="xs" onClick={open}>
            {t('connect.again')}
          </Button>
        </Group>
        {number.verifiedName ? (
          <Text size="sm" c="dimmed">
            <bdi>{number.verifiedName}</bdi>
          </Text>
        ) : null}
        <StatusText number={number} />
        <Facts number={number} />
      </Stack>
      {connecting ? <ConnectDialog number={number} onClose={close} /> : null}
    </Paper>
  )
}

function StatusText({ number }: NumberProps) {
  const { t } = useTranslation('numbers')
  const status = statusOf(number.status)
  const { step, message } = parseReason(number.statusReason)
  if (status === 'connected' && !message) return <Text size="sm">{t('statusAbout.connected')}</Text>
  return (
    <Alert
      color={status === 'reconnect_needed' ? 'red' : 'yellow'}
      variant="light"
      c="inherit"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={t(`statusAbout.${status}`)}
    >
      {step ? <Text size="sm">{t('failedAt', { step: t(`steps.${step}`) })}</Text> : null}
      {message ? (
        <Text size="sm" lang="en" dir="auto">
          {message}
        </Text>
      ) : null}
    </Alert>
  )
}

function Facts({ number }: NumberProps) {
  const { t } = useTranslation('numbers')
  const yesOrNo = (yes: boolean) => (yes ? t('yes') : t('no'))
  return (
    <dl className={styles.facts}>
      <Fact name={t('quality.label')}>{t(`quality.${qualityOf(number.qualityRating)}`)}</Fact>
      <Fact name={t('pace')}>{t('perSecond', { count: number.messagesPerSecond })}</Fact>
      <Fact name={t('receives')}>{yesOrNo(number.webhooksSubscribed)}</Fact>
      <Fact name={t('registered')}>{yesOrNo(number.phoneRegistered)}</Fact>
      <Fact name={t('since')}>
        <TimeText at={number.connectedAt} />
      </Fact>
      <Fact name={t('connect.phoneNumberId')}>
        <bdi dir="ltr">{number.phoneNumberId}</bdi>
      </Fact>
      <Fact name={t('connect.wabaId')}>
        <bdi dir="ltr">{number.wabaId}</bdi>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
