import { Badge, Group, NavLink, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { OwnLine } from '@/components/own_line'
import { QueryView } from '@/components/query_view'
import { TimeText } from '@/components/time_text'
import { contactConversationsQuery } from '@/features/contacts/api/conversations'
import { useMessagePreview } from '@/features/messages'

export function ConversationsCard({ contactId }: { contactId: string }) {
  const { t } = useTranslation('contacts')
  const query = useQuery(contactConversationsQuery(contactId))
  const preview = useMessagePreview()
  return (
    <Card title={t('conversations.title')}>
      <QueryView
        query={query}
        empty={{
          when: ({ conversations }) => conversations.length === 0,
          show: (
            <Text size="sm" c="dimmed">
              {t('conversations.empty')}
            </Text>
          ),
        }}
      >
        {({ conversations }) => (
          <Stack gap={2}>
            {conversations.map(({ id, lastMessage, lastMessageAt, unreadCount }) => (
              <NavLink
                key={id}
                component={Link}
                to={`/inbox/${id}`}
                label={<OwnLine size="sm">{lastMessage ? preview(lastMessage) : t('conversations.empty')}</OwnLine>}
                description={lastMessageAt ? <TimeText at={lastMessageAt} /> : null}
                styles={{ body: { minWidth: 0 } }}
                rightSection={
                  <Group gap="xs">{unreadCount > 0 ? <Badge size="sm">{t('conversations.unread', { count: unreadCount })}</Badge> : null}</Group>
                }
              />
            ))}
          </Stack>
        )}
      </QueryView>
    </Card>
  )
}
