// Messages on their way to the server. Each has an Idempotency-Key, so that asking again after a lost
// answer sends nothing twice; the bubbles of those under way are these mutations.
import { useMutation, useMutationState, useQueryClient, type Mutation, type QueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { usePatchConversation, type Conversation } from '@/features/inbox/api/conversations'
import { pullLists, pullThread } from '@/features/inbox/live'
import { addMessage } from '@/features/inbox/merge'
import { threadQuery, type Message } from '@/features/messages'
import { api, take } from '@/lib/api'
import { ApiError } from '@/lib/api_error'

type Schemas = components['schemas']

interface Draft {
  conversationId: string
  idempotencyKey: string
  at: string
  /** What the bubble shows. */
  shown: string
}
export type Outgoing = Draft &
  ({ kind: 'text'; body: Schemas['TextMessage'] } | { kind: 'template'; body: Schemas['TemplateMessage'] })

export interface Pending {
  outgoing: Outgoing
  failure: Error | null
  /** Of the message the server has made of it. */
  messageId: string | null
  id: number
}

const sendKey = (conversationId: string) => ['send', conversationId]

/** While one sends, what the server tells of that message is in its bubble already; the thread gets it afterwards. */
export const isSending = (client: QueryClient, conversationId: string): boolean =>
  client.isMutating({ mutationKey: sendKey(conversationId) }) > 0

// crypto.randomUUID is there on secure pages only.
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

function post({ kind, body, idempotencyKey }: Outgoing): Promise<Schemas['Sent']> {
  const params = { header: { 'Idempotency-Key': idempotencyKey } }
  return kind === 'text'
    ? take(api.POST('/api/v1/messages/send', { params, body }))
    : take(api.POST('/api/v1/messages/template', { params, body }))
}

const toMessage = ({ conversationId, kind, shown, at }: Outgoing, sent: Schemas['Sent']): Message => ({
  id: sent.messageId,
  waMessageId: sent.waMessageId ?? null,
  conversationId,
  direction: 'outbound',
  type: kind,
  status: sent.status,
  body: shown,
  timestamp: at,
})

/** Whether the server has surely not sent it: it refused the request itself. */
export const surelyFailed = (failure: unknown): boolean =>
  failure instanceof ApiError && failure.status >= 400 && failure.status < 500 && failure.status !== 408

export function useSend(conversationId: string) {
  const client = useQueryClient()
  const patch = usePatchConversation()
  return useMutation({
    mutationKey: sendKey(conversationId),
    scope: { id: `send-${conversationId}` }, // one after the other, so that they arrive in order
    gcTime: Infinity,
    mutationFn: post,
    onSuccess: (sent, outgoing) => {
      const message = toMessage(outgoing, sent)
      client.setQueryData(threadQuery(conversationId).queryKey, (old) => addMessage(old, message))
      patch(conversationId, { lastMessage: message })
    },
    onSettled: () => {
      void refresh(client, conversationId)
    },
  })
}

async function refresh(client: QueryClient, conversationId: string): Promise<void> {
  // What fails here is shown at the next look.
  await Promise.allSettled([pullThread(client, conversationId), pullLists(client)])
}

export const textTo = ({ id, contactId, phoneNumberId }: Conversation, text: string): Outgoing => ({
  kind: 'text',
  conversationId: id,
  idempotencyKey: newKey(),
  at: new Date().toISOString(),
  shown: text,
  body: { contactId, phoneNumberId, body: text },
})

export const templateTo = (
  { id, contactId, phoneNumberId }: Conversation,
  template: Schemas['TemplateChoice'],
  shown: string,
): Outgoing => ({
  kind: 'template',
  conversationId: id,
  idempotencyKey: newKey(),
  at: new Date().toISOString(),
  shown,
  body: { contactId, phoneNumberId, template },
})

type SendMutation = Mutation<Schemas['Sent'], Error, Outgoing>

/** What is under way or failed, oldest first. */
export function usePending(conversationId: string): Pending[] {
  return useMutationState({
    filters: { mutationKey: sendKey(conversationId) },
    select: (mutation): Pending | null => {
      const { state, mutationId } = mutation as unknown as SendMutation
      if (!state.variables) return null
      // WhatsApp's refusal is in the thread, as a message that failed.
      if (state.error instanceof ApiError && state.error.code === 'message_refused') return null
      return {
        outgoing: state.variables,
        failure: state.status === 'error' ? state.error : null,
        messageId: state.data?.messageId ?? null,
        id: mutationId,
      }
    },
  }).filter((pending) => pending !== null)
}

/** Takes one that failed off the screen; gives what it was. */
export function useDiscard(): (id: number) => void {
  const client = useQueryClient()
  return (id) => {
    const cache = client.getMutationCache()
    const mutation = cache.getAll().find(({ mutationId }) => mutationId === id)
    if (mutation) cache.remove(mutation)
  }
}
