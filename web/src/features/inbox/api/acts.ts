// What members do with a conversation. Each act says what its caller has seen, so that it changes
// nothing that a colleague or the customer has changed meanwhile.
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { conversationQuery, countsQuery, usePatchConversation, type Conversation } from '@/features/inbox/api/conversations'
import { pullLists, pullThread } from '@/features/inbox/live'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']

export type Act =
  | { kind: 'resolve' }
  | { kind: 'reopen' }
  | { kind: 'snooze'; until: string }
  | { kind: 'assign'; to: Schemas['ConversationAssignee'] | null }

export type Standing = Pick<Conversation, 'status' | 'snoozedUntil' | 'assignee' | 'assigneeId' | 'lastMessage'>

/** What puts a conversation back to where it stood. */
export function undoOf(act: Act, before: Standing): Act {
  if (act.kind === 'assign') return { kind: 'assign', to: before.assignee }
  if (before.status === 'resolved') return { kind: 'resolve' }
  // Its time may be over by now.
  const sleeps = before.status === 'snoozed' && before.snoozedUntil !== null && Date.parse(before.snoozedUntil) > Date.now()
  return sleeps ? { kind: 'snooze', until: before.snoozedUntil ?? '' } : { kind: 'reopen' }
}

/** Whom one assigns to does not depend on the newest message; whether it is done with does. */
function expectedOf(act: Act, { status, assigneeId, lastMessage }: Standing): Schemas['ExpectedConversation'] {
  if (act.kind === 'assign') return { assigneeId }
  return { status, ...(lastMessage ? { lastMessageId: lastMessage.id } : {}) }
}

function post(id: string, act: Act, seen: Standing): Promise<Schemas['ConversationState']> {
  const params = { path: { id } }
  const expected = expectedOf(act, seen)
  switch (act.kind) {
    case 'resolve':
      return take(api.POST('/api/v1/conversations/{id}/resolve', { params, body: { expected } }))
    case 'reopen':
      return take(api.POST('/api/v1/conversations/{id}/reopen', { params, body: { expected } }))
    case 'snooze':
      return take(api.POST('/api/v1/conversations/{id}/snooze', { params, body: { until: act.until, expected } }))
    case 'assign':
      return take(api.POST('/api/v1/conversations/{id}/assign', { params, body: { assigneeId: act.to?.id ?? null, expected } }))
  }
}

interface ActVariables {
  act: Act
  seen: Standing
}
const actKey = (id: string) => ['act', id]

/** Whether what one saw may be changed by an act that has no answer yet, so that another would be refused. */
export const isActing = (client: QueryClient, id: string, { kind }: Act): boolean =>
  client.isMutating({
    mutationKey: actKey(id),
    predicate: ({ state }) => ((state.variables as ActVariables).act.kind === 'assign') === (kind === 'assign'),
  }) > 0

export const useAct = (id: string) => {
  const client = useQueryClient()
  const patch = usePatchConversation()
  return useMutation({
    mutationKey: actKey(id),
    mutationFn: ({ act, seen }: ActVariables) => post(id, act, seen),
    onSuccess: ({ status, snoozedUntil, assigneeId }, { act }) => {
      const assignee = act.kind === 'assign' ? { assignee: act.to } : {}
      patch(id, { status, snoozedUntil, assigneeId, ...assignee })
      void client.invalidateQueries({ queryKey: countsQuery.queryKey })
      void pullLists(client).catch(() => undefined) // what fails here is shown at the next look
    },
    onError: async () => {
      await Promise.allSettled([pullThread(client, id), client.invalidateQueries({ queryKey: conversationQuery(id).queryKey })])
    },
  })
}
