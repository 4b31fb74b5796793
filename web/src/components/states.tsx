// What a list or page shows when it has nothing to show: loading, empty, failed, not allowed.
import { Button, Center, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconInbox, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/lib/api_error'
import { useFailureText } from '@/lib/use_failure_text'

interface StateProps {
  icon: ReactNode
  title: string
  text?: string
  action?: ReactNode
  alert?: boolean
}

export function State({ icon, title, text, action, alert = false }: StateProps) {
  return (
    <Center mih={240} p="md" role={alert ? 'alert' : undefined}>
      <Stack align="center" gap="xs" maw={420}>
        <ThemeIcon size={48} radius="xl" variant="light" color={alert ? 'red' : 'gray'}>
          {icon}
        </ThemeIcon>
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        {text ? (
          <Text c="dimmed" size="sm" ta="center">
            {text}
          </Text>
        ) : null}
        {action}
      </Stack>
    </Center>
  )
}

export function LoadingState() {
  const { t } = useTranslation('components')
  return (
    <Center mih={240} role="status" aria-label={t('loading')}>
      <Loader type="dots" />
    </Center>
  )
}

interface EmptyStateProps {
  title: string
  text?: string
  action?: ReactNode
}

export function EmptyState(props: EmptyStateProps) {
  return <State icon={<IconInbox size={26} stroke={1.5} />} {...props} />
}

export function ForbiddenState() {
  const { t } = useTranslation('components')
  return <State icon={<IconLock size={26} stroke={1.5} />} title={t('forbidden.title')} text={t('forbidden.text')} />
}

export function FailedState({ failure, retry }: { failure: unknown; retry?: () => void }) {
  const { t } = useTranslation('components')
  const failureText = useFailureText()
  if (failure instanceof ApiError && failure.code === 'forbidden') return <ForbiddenState />
  const requestId = failure instanceof ApiError ? failure.requestId : undefined
  return (
    <State
      alert
      icon={<IconAlertTriangle size={26} stroke={1.5} />}
      title={t('failed')}
      text={failureText(failure)}
      action={
        <>
          {retry ? (
            <Button variant="light" onClick={retry}>
              {t('retry')}
            </Button>
          ) : null}
          {requestId ? (
            <Text size="xs" c="dimmed" ff="monospace">
              {t('requestId', { id: requestId })}
            </Text>
          ) : null}
        </>
      }
    />
  )
}
