// Notes on a conversation, which only the team sees; newest first as the server pages them.
import { infiniteQueryOptions, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { putNote } from '@/features/inbox/merge'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type Note = Schemas['Note']
export type Notes = InfiniteData<Schemas['NotePage']>

const pageSize = 50

export const notesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['notes', id],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET('/api/v1/conversations/{id}/notes', {
          params: { path: { id }, query: { limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: Infinity, // live.ts keeps it fresh
  })

export const useAddNote = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['NoteDraft']) =>
      take(api.POST('/api/v1/conversations/{id}/notes', { params: { path: { id } }, body })),
    onSuccess: (note) => {
      client.setQueryData(notesQuery(id).queryKey, (old) => old && putNote(old, note)) // an event may have been faster
    },
  })
}

export const useRemoveNote = ({ id, conversationId }: Note) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/notes/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: notesQuery(conversationId).queryKey }),
  })
}
