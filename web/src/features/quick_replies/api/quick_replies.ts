// Quick replies: the list, one filled in for a contact, and what changes them.
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type QuickReply = Schemas['QuickReply']

const pageSize = 50
const listsKey = ['quick-replies']

/** `q`: the beginning of a shortcut, or part of a text. */
export const quickRepliesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...listsKey, q],
    queryFn: ({ pageParam, signal }) =>
      take(api.GET('/api/v1/quick-replies', { params: { query: { limit: pageSize, q: q || undefined, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ quickReplies }) => quickReplies),
    staleTime: 60_000,
  })

/** The text with its variables filled in. */
export const fetchText = async (id: string, contactId: string): Promise<string> => {
  const params = { path: { id }, query: { contactId } }
  return (await take(api.GET('/api/v1/quick-replies/{id}/text', { params }))).text
}

function useQuickReplyAct<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: listsKey }) })
}

/** With an id it changes that one; then who sees it stays. */
export const useSaveQuickReply = (id: string | undefined) =>
  useQuickReplyAct(({ shortcut, text, shared }: Schemas['QuickReplyDraft']) =>
    id === undefined
      ? take(api.POST('/api/v1/quick-replies', { body: { shortcut, text, shared } }))
      : take(api.PATCH('/api/v1/quick-replies/{id}', { params: { path: { id } }, body: { shortcut, text } })),
  )

export const useRemoveQuickReply = (id: string) =>
  useQuickReplyAct(() => take(api.DELETE('/api/v1/quick-replies/{id}', { params: { path: { id } } })))
