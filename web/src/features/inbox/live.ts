// Keeps the open list and thread fresh by looking at the server while the page can be seen: often when the
// server cannot tell what happens, now and then when it does (live_events.ts).
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import {
  conversationQuery, conversationsQuery, countsQuery, fetchConversations, listsKey, type ConversationList, type ConversationPage,
} from '@/features/inbox/api/conversations'
import { notesQuery } from '@/features/inbox/api/notes'
import type { ListFilter } from '@/features/inbox/filter'
import { isSame, mergeConversations, mergeMessages } from '@/features/inbox/merge'
import { contactQuery } from '@/features/contacts'
import { fetchMessages, threadQuery, type MessagePage, type Thread } from '@/features/messages'
import { ApiError } from '@/lib/api_error'
import { pullInto } from '@/lib/live/cache'
import { useLiveUp } from '@/lib/live/use_live'

const listEveryMs = 5_000
const threadEveryMs = 3_000
const countsEveryMs = 30_000
const slowestMs = 60_000
/** While events come looking is a safety net only. */
const netEveryMs = 60_000

/** The newest conversations of a list that is shown. */
export async function pullList(client: QueryClient, filter: ListFilter, signal?: AbortSignal): Promise<void> {
  const startedAt = Date.now()
  let changed = false
  const fresh = await pullInto(
    client,
    conversationsQuery(filter).queryKey,
    () => fetchConversations(filter, undefined, signal),
    (now: ConversationList, page: ConversationPage) => {
      changed = !isSame(now.pages[0], page)
      return changed ? mergeConversations(now, page) : now
    },
  )
  if (!fresh) return
  for (const conversation of fresh.conversations) {
    const one = conversationQuery(conversation.id).queryKey
    const state = client.getQueryState(one)
    // What has come since may be newer than the page.
    if (state?.data && state.dataUpdatedAt < startedAt) client.setQueryData(one, conversation)
  }
  if (changed) await pullCounts(client)
}

/** How many there are, for the sidebar. */
export const pullCounts = (client: QueryClient): Promise<void> => client.refetchQueries({ queryKey: countsQuery.queryKey, type: 'active' })

/** All lists that are shown now. */
export const pullLists = (client: QueryClient): Promise<unknown> =>
  Promise.all(
    client
      .getQueryCache()
      .findAll({ queryKey: listsKey, type: 'active' })
      .map(({ queryKey }) => pullList(client, queryKey[2] as ListFilter)),
  )

/** The newest messages of a thread. What a customer wrote may have changed contact and conversation. */
export async function pullThread(client: QueryClient, id: string, signal?: AbortSignal): Promise<void> {
  await pullInto(
    client,
    threadQuery(id).queryKey,
    () => fetchMessages(id, undefined, signal),
    (now: Thread, page: MessagePage) => {
      const first = now.pages[0]
      if (page.messages[0]?.id !== first?.messages[0]?.id) void renewWho(client, id)
      return isSame(first, page) ? now : mergeMessages(now, page)
    },
  )
}

/** What others change in a conversation or its contact. */
async function renewWho(client: QueryClient, id: string): Promise<void> {
  const contactId = client.getQueryData(conversationQuery(id).queryKey)?.contactId
  await client.invalidateQueries({ queryKey: conversationQuery(id).queryKey })
  if (contactId) await client.invalidateQueries({ queryKey: contactQuery(contactId).queryKey })
}

/** The notes of a thread that is shown. */
export const pullNotes = (client: QueryClient, id: string): Promise<void> =>
  client.refetchQueries({ queryKey: notesQuery(id).queryKey, type: 'active' })

export function useLiveList(filter: ListFilter): void {
  const client = useQueryClient()
  const latest = useRef(filter)
  latest.current = filter
  const up = useLiveUp()
  useEffect(
    () => repeat((signal) => pullList(client, latest.current, signal), up ? netEveryMs : listEveryMs),
    [client, up],
  )
  useEffect(() => repeat(() => pullCounts(client), up ? netEveryMs : countsEveryMs), [client, up])
}

export function useLiveThread(id: string): void {
  const client = useQueryClient()
  const up = useLiveUp()
  useEffect(() => {
    const stopThread = repeat((signal) => pullThread(client, id, signal), up ? netEveryMs : threadEveryMs)
    const stopNotes = repeat(() => pullNotes(client, id), up ? netEveryMs : 5 * threadEveryMs)
    // In an old conversation it is seen a little later.
    const stopRest = repeat(() => renewWho(client, id), up ? netEveryMs : 10 * threadEveryMs)
    return () => {
      stopThread()
      stopNotes()
      stopRest()
    }
  }, [client, id, up])
}

/** Runs again and again while the page can be seen, slower when the server says so. Gives what ends it. */
export function repeat(run: (signal: AbortSignal) => Promise<void>, everyMs: number): () => void {
  const ended = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMs = everyMs
  const plan = (ms: number) => {
    clearTimeout(timer)
    if (!document.hidden && !ended.signal.aborted) timer = setTimeout(() => void tick(), ms)
  }
  const tick = async () => {
    try {
      await run(ended.signal)
      waitMs = everyMs
    } catch (failure) {
      const asked = failure instanceof ApiError ? (failure.retryAfterSeconds ?? 0) * 1000 : 0
      waitMs = Math.min(slowestMs, Math.max(waitMs * 2, asked))
    }
    plan(waitMs)
  }
  const onSeen = () => plan(document.hidden ? waitMs : 0)
  document.addEventListener('visibilitychange', onSeen)
  plan(everyMs)
  return () => {
    ended.abort()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onSeen)
  }
}
