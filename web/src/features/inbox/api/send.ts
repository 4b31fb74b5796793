// Messages on their way to the server. Each has an Idempotency-Key, so that asking again after a lost
// answer sends nothing twice; the bubbles of those under way are these mutations.
import { useMutation, useMutationState, useQueryClient, type Mutation, type QueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'

import type { components } from '@/api/generated/openapi'
import { usePatchConversation, type Conversation } from '@/features/inbox/api/conversations'
import { keyKnownMs, newKey, surelyFailed } from '@/features/inbox/keys'
import { pullLists, pullThread } from '@/features/inbox/live'
import { addMessage } from '@/features/inbox/merge'
import { dropUnsent, keepUnsent, noteFailure, onSentElsewhere, unsentOf, type Outgoing } from '@/features/inbox/unsent'
import { threadQuery, type Message } from '@/features/messages'
import { api, take } from '@/lib/api'
import { ApiError } from '@/lib/api_error'

type Schemas = components['schemas']

export interface Pending {
  outgoing: Outgoing
  failure: Error | null
  /** Of the message the server has made of it. */
  messageId: string | null
  id: number
}

/** The server waits 5 s for WhatsApp. Longer than this there is no answer, and the next message must go. */
const answerWithinMs = 30_000

const sendKey = (conversationId: string) => ['send', conversationId]

/** While one sends, what the server tells of that message is in its bubble already; the thread gets it afterwards. */
export const isSending = (client: QueryClient, conversationId: string): boolean =>
  client.isMutating({ mutationKey: sendKey(conversationId) }) > 0

function post({ kind, body, idempotencyKey }: Outgoing, signal: AbortSignal): Promise<Schemas['Sent']> {
  const params = { header: { 'Idempotency-Key': idempotencyKey } }
  return kind === 'text'
    ? take(api.POST('/api/v1/messages/send', { params, body, signal }))
    : take(api.POST('/api/v1/messages/template', { params, body, signal }))
}

/** Also the token's renewal may hang, which no signal ends. */
async function postInTime(outgoing: Outgoing): Promise<Schemas['Sent']> {
  const late = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ApiError('offline', 'No answer in time.', 0))
      late.abort()
    }, answerWithinMs)
  })
  try {
    return await Promise.race([post(outgoing, late.signal), timeout])
  } finally {
    clearTimeout(timer)
  }
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

/** WhatsApp's refusal is in the thread, as a message that failed. */
const isInThread = (failure: unknown): boolean => failure instanceof ApiError && failure.code === 'message_refused'

/** It surely did not go out. */
export const isRefused = ({ outgoing, failure }: Pending): boolean => surelyFailed(failure) && !outgoing.uncertain

/** One that may have gone out has its key again: what the server no longer knows must not be sent twice. */
export const canRetry = (pending: Pending, now: number): boolean =>
  isRefused(pending) || now - Date.parse(pending.outgoing.at) < keyKnownMs

export function retryOf(pending: Pending, now: number): Outgoing | null {
  const { outgoing } = pending
  if (!canRetry(pending, now)) return null
  if (!isRefused(pending)) return { ...outgoing, uncertain: true }
  return { ...outgoing, idempotencyKey: newKey(), at: new Date(now).toISOString() }
}

export function useSend(conversationId: string) {
  const client = useQueryClient()
  const patch = usePatchConversation()
  return useMutation({
    mutationKey: sendKey(conversationId),
    scope: { id: `send-${conversationId}` }, // one after the other, so that they arrive in order
    gcTime: Infinity,
    mutationFn: postInTime,
    onMutate: keepUnsent,
    onSuccess: (sent, outgoing, place) => {
      dropUnsent(place, outgoing)
      dropOffered(client, outgoing)
      const message = toMessage(outgoing, sent)
      client.setQueryData(threadQuery(conversationId).queryKey, (old) => addMessage(old, message))
      patch(conversationId, { lastMessage: message })
    },
    onError: (failure, outgoing, place) => {
      if (isInThread(failure)) dropUnsent(place, outgoing)
      else noteFailure(place, outgoing, failure)
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

const sendsOf = (client: QueryClient, conversationId: string): SendMutation[] =>
  client.getMutationCache().findAll({ mutationKey: sendKey(conversationId) }) as unknown as SendMutation[]

const hasKey = (idempotencyKey: string) => (mutation: SendMutation) => mutation.state.variables?.idempotencyKey === idempotencyKey

/** Whether one of this key is on its way or has arrived: a second click must not show it twice. */
export const isSent = (client: QueryClient, { conversationId, idempotencyKey }: Outgoing): boolean =>
  sendsOf(client, conversationId).filter(hasKey(idempotencyKey)).some(({ state }) => state.status !== 'error')

/** Of one that was offered again while it was still on its way. */
function dropOffered(client: QueryClient, { conversationId, idempotencyKey }: Outgoing): void {
  for (const mutation of sendsOf(client, conversationId).filter(hasKey(idempotencyKey))) {
    if (mutation.state.status === 'error') remove(client, mutation)
  }
}

const remove = (client: QueryClient, mutation: SendMutation) => client.getMutationCache().remove(mutation as unknown as Mutation)

/** What is under way or failed, oldest first; also what an earlier page could not send. */
export function usePending(conversationId: string): Pending[] {
  const sends = useMutationState({
    filters: { mutationKey: sendKey(conversationId) },
    select: (mutation): Pending | null => {
      const { state, mutationId } = mutation as unknown as SendMutation
      if (!state.variables || isInThread(state.error)) return null
      return {
        outgoing: state.variables,
        failure: state.status === 'error' ? state.error : null,
        messageId: state.data?.messageId ?? null,
        id: mutationId,
      }
    },
  })
  useUnsent(conversationId) // after what listens for it
  return useMemo(() => sends.filter((pending) => pending !== null), [sends])
}

/** Offers what is kept, as if it had just failed. Another tab may be sending it: then it goes when that is done. */
function useUnsent(conversationId: string): void {
  const client = useQueryClient()
  useEffect(() => {
    for (const { outgoing, failure } of unsentOf(conversationId)) {
      if (sendsOf(client, conversationId).some(hasKey(outgoing.idempotencyKey))) continue
      offer(client, outgoing, failure)
    }
    return onSentElsewhere((idempotencyKey) => {
      sendsOf(client, conversationId)
        .filter(({ state }) => state.status === 'error')
        .filter(hasKey(idempotencyKey))
        .forEach((mutation) => remove(client, mutation))
    })
  }, [client, conversationId])
}

function offer(client: QueryClient, outgoing: Outgoing, failure: ApiError): void {
  client.getMutationCache().build<Schemas['Sent'], Error, Outgoing, unknown>(
    client,
    { mutationKey: sendKey(outgoing.conversationId), gcTime: Infinity },
    {
      context: undefined,
      data: undefined,
      error: failure,
      failureCount: 1,
      failureReason: failure,
      isPaused: false,
      status: 'error',
      variables: outgoing,
      submittedAt: Date.parse(outgoing.at),
    },
  )
}

/** Takes one that failed off the screen; false when it was taken already. */
export function useDiscard(): (pending: Pending) => boolean {
  const client = useQueryClient()
  return ({ id, outgoing }) => {
    const mutation = sendsOf(client, outgoing.conversationId).find(({ mutationId }) => mutationId === id)
    if (!mutation) return false
    remove(client, mutation)
    dropUnsent(null, outgoing)
    return true
  }
}

/** Takes those away that the thread shows itself by now. */
export function useDropShown(shown: Pending[]): void {
  const client = useQueryClient()
  useEffect(() => {
    for (const { id, outgoing } of shown) {
      const mutation = sendsOf(client, outgoing.conversationId).find(({ mutationId }) => mutationId === id)
      if (mutation) remove(client, mutation)
    }
  }, [client, shown])
}
