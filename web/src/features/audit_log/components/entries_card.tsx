// Entries, newest first; a click shows everything of one at the side.
import { Button, Text, UnstyledButton } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { TimeText } from '@/components/time_text'
import { useActionWords } from '@/features/audit_log/action_words'
import { useActorNames } from '@/features/audit_log/api/actors'
import { auditLogsQuery } from '@/features/audit_log/api/audit_logs'
import styles from '@/features/audit_log/components/entries_card.module.css'
import { EntryDrawer } from '@/features/audit_log/components/entry_drawer'
import { isFiltered, type AuditFilter } from '@/features/audit_log/filter'

type AuditEntry = components['schemas']['AuditEntry']

interface EntriesCardProps {
  filter: AuditFilter
  onClear: () => void
}

export function EntriesCard({ filter, onClear }: EntriesCardProps) {
  const { t } = useTranslation('audit_log')
  const query = useInfiniteQuery({ ...auditLogsQuery(filter), placeholderData: keepPreviousData })
  const actorName = useActorName()
  const [shown, setShown] = useState<AuditEntry | null>(null)
  const none = isFiltered(filter) ? (
    <EmptyState
      title={t('noneFound')}
      action={
        <Button variant="light" onClick={onClear}>
          {t('filter.clear')}
        </Button>
      }
    />
  ) : (
    <EmptyState title={t('none')} text={t('noneAbout')} />
  )
  const total = query.data?.total
  return (
    <Card title={t('entries')} about={typeof total === 'number' ? t('found', { count: total }) : undefined}>
      <QueryView query={query} empty={{ when: ({ entries }) => entries.length === 0 && !query.hasNextPage, show: none }}>
        {({ entries }) => (
          <ul className={styles.list} aria-label={t('entries')} aria-busy={query.isPlaceholderData}>
            {entries.map((entry) => (
              <li key={entry.id}>
                <UnstyledButton className={styles.entry} onClick={() => setShown(entry)}>
                  <ActionName action={entry.action} className={styles.action} />
                  <bdi>{actorName(entry.actor)}</bdi>
                  <Text span size="sm" c="dimmed" dir="ltr">
                    {[entry.resource.type, entry.resource.id].filter(Boolean).join(' ')}
                  </Text>
                  <span className={styles.when}>
                    <TimeText at={entry.createdAt} />
                  </span>
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      <LoadMore query={query} />
      <EntryDrawer entry={shown} actorName={actorName} onClose={() => setShown(null)} />
    </Card>
  )
}

/** In plain words, with the server's code below. */
function ActionName({ action, className }: { action: string; className: string | undefined }) {
  const words = useActionWords()[action]
  const code = <bdi dir="ltr">{action}</bdi>
  return (
    <span className={className}>
      {words ?? code}
      {words ? (
        <Text component="span" display="block" size="xs" c="dimmed" truncate>
          {code}
        </Text>
      ) : null}
    </span>
  )
}

function useActorName(): (actor: components['schemas']['AuditActor']) => string {
  const { t } = useTranslation('audit_log')
  const names = useActorNames()
  return ({ kind, id }) => {
    if (kind === 'system') return t('kinds.system')
    const name = names.get(id) ?? id
    return kind === 'api_key' ? t('keyNamed', { name }) : name
  }
}
