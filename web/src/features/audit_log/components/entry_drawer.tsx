// Everything of one entry.
import { Code, Drawer, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { useActionWords } from '@/features/audit_log/action_words'

type AuditEntry = components['schemas']['AuditEntry']

interface EntryDrawerProps {
  entry: AuditEntry | null
  actorName: (actor: AuditEntry['actor']) => string
  onClose: () => void
}

export function EntryDrawer({ entry, actorName, onClose }: EntryDrawerProps) {
  const { t } = useTranslation(['audit_log', 'components'])
  return (
    <Drawer
      opened={entry !== null}
      onClose={onClose}
      position="right"
      title={t('entry', { id: entry?.id ?? '' })}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': t('components:close') }}
    >
      {entry ? <Facts entry={entry} actorName={actorName} /> : null}
    </Drawer>
  )
}

function Facts({ entry, actorName }: { entry: AuditEntry; actorName: EntryDrawerProps['actorName'] }) {
  const { t, i18n } = useTranslation('audit_log')
  const words = useActionWords()[entry.action]
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full', timeStyle: 'long' })
  return (
    <Stack gap="sm">
      <Fact name={t('filter.action')} value={words ? `${words} (${entry.action})` : entry.action} />
      <Fact name={t('when')} value={when.format(new Date(entry.createdAt))} />
      <Fact name={t('filter.actor')} value={actorName(entry.actor)} />
      <Fact name={t('filter.actorId')} value={entry.actor.id} />
      <Fact name={t('filter.resourceType')} value={entry.resource.type} />
      <Fact name={t('filter.resourceId')} value={entry.resource.id} />
      <Fact name={t('ip')} value={entry.ip} />
      <Fact name={t('userAgent')} value={entry.userAgent} />
      <Fact name={t('requestId')} value={entry.requestId} />
      <div>
        <Text size="xs" c="dimmed">
          {t('details')}
        </Text>
        <Code block dir="ltr" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {JSON.stringify(entry.details, null, 2)}
        </Code>
      </div>
      <Fact name={t('hash')} value={entry.hash} />
    </Stack>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  if (value === '') return null
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <bdi>{value}</bdi>
      </Text>
    </div>
  )
}
