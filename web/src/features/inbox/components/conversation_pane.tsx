// An open conversation: head, thread, composer. Marks it as read while it can be seen.
import { useDocumentVisibility } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'

import { QueryView } from '@/components/query_view'
import { contactQuery } from '@/features/contacts'
import { conversationQuery, useMarkRead, type Conversation } from '@/features/inbox/api/conversations'
import { Composer } from '@/features/inbox/components/composer'
import { Here } from '@/features/inbox/components/here'
import { Thread } from '@/features/inbox/components/thread'
import { ThreadHead } from '@/features/inbox/components/thread_head'
import { useAllowed } from '@/lib/permissions'

interface PaneProps {
  id: string
  sought: string | undefined
  detailsShown: boolean
  onDetails: () => void
}

export function ConversationPane({ id, ...rest }: PaneProps) {
  const query = useQuery(conversationQuery(id))
  return (
    <QueryView query={query}>
      {(conversation) => <Open key={id} conversation={conversation} {...rest} />}
    </QueryView>
  )
}

function Open({ conversation, sought, ...head }: { conversation: Conversation } & Omit<PaneProps, 'id'>) {
  const { data: contact } = useQuery(contactQuery(conversation.contactId))
  useReading(conversation)
  return (
    <>
      <ThreadHead conversation={conversation} {...head} />
      <Thread conversation={conversation} sought={sought} />
      <Here conversationId={conversation.id} />
      <Composer conversation={conversation} contact={contact} />
    </>
  )
}

function useReading({ id, unreadCount }: Conversation): void {
  const mayRead = useAllowed('sendMessages')
  const seen = useDocumentVisibility() === 'visible'
  const { mutate } = useMarkRead()
  useEffect(() => {
    if (mayRead && seen && unreadCount > 0) mutate(id)
  }, [mayRead, seen, id, unreadCount, mutate])
}
