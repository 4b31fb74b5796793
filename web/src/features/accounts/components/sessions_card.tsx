import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { QueryView } from '@/components/query_view'
import { TimeText } from '@/components/time_text'
import { sessionsQuery, useEndOtherSessions, useEndSession } from '@/features/accounts/api/security'
import { describeUserAgent } from '@/features/accounts/user_agent'
import { useNotifyFailure } from '@/lib/use_notify_failure'

type SessionRow = components['schemas']['Session']

export function SessionsCard() {
  const { t } = useTranslation('accounts')
  const query = useQuery(sessionsQuery)
  const endOthers = useEndOtherSessions()
  const notifyFailure = useNotifyFailure()
  return (
    <Card
      title={t('sessions.title')}
      about={t('sessions.about')}
      actions={
        (query.data?.sessions.length ?? 0) > 1 ? (
          <Button
            variant="light"
            color="red"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate(undefined, { onError: notifyFailure })}
          >
            {t('sessions.endOthers')}
          </Button>
        ) : null
      }
    >
      <QueryView query={query}>
        {({ sessions }) => (
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
            {sessions.map((session) => (
              <SessionLine key={session.id} session={session} />
            ))}
          </Stack>
        )}
      </QueryView>
    </Card>
  )
}

function SessionLine({ session }: { session: SessionRow }) {
  const { t } = useTranslation('accounts')
  const end = useEndSession()
  const notifyFailure = useNotifyFailure()
  const { browser, system } = describeUserAgent(session.userAgent)
  const name = t('sessions.device', {
    browser: browser ?? t('sessions.unknownBrowser'),
    system: system ?? t('sessions.unknownSystem'),
  })
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <div>
        <Group gap="xs">
          <Text size="sm" fw={500}>
            {name}
          </Text>
          {session.current ? <Badge size="sm">{t('sessions.current')}</Badge> : null}
        </Group>
        <Text size="xs" c="dimmed">
          <bdi>{session.ip}</bdi> · {t('sessions.lastUsed')} <TimeText at={session.lastUsedAt} />
        </Text>
      </div>
      {session.current ? null : (
        <Button
          size="xs"
          variant="subtle"
          color="red"
          loading={end.isPending}
          aria-label={t('sessions.endNamed', { name })}
          onClick={() => end.mutate(session.id, { onError: notifyFailure })}
        >
          {t('sessions.end')}
        </Button>
      )}
    </Group>
  )
}
