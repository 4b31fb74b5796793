// Notes on a conversation, which only the team sees; newest first as the server pages them.
import { infiniteQueryOptions, useIsMutating, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { keepDraft, mentionsOf, noteOf, placeOfDraft, putBack, readDraft } from '@/features/inbox/drafts'
import { surelyFailed } from '@/features/inbox/keys'
import { askBeforeLeaving, mayLeave } from '@/features/inbox/leave_guard'
import { putNote } from '@/features/inbox/merge'
import { endAttempt, isAttemptKept, keyOfNote, placeOfAttempt } from '@/features/inbox/note_attempts'
import { api, take } from '@/lib/api'
import { useNotifyFailure } from '@/lib/use_notify_failure'

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

/** The field is empty while one is under way; what failed is put back, wherever one is by then. */
export function useAddNote(id: string): { add: (note: Schemas['NoteDraft']) => void; adding: boolean } {
  const client = useQueryClient()
  const notifyFailure = useNotifyFailure()
  const mutationKey = ['add-note', id]
  const { mutate } = useMutation({
    mutationKey,
    mutationFn: (body: Schemas['NoteDraft']) => {
      const header = { 'Idempotency-Key': keyOfNote(id, body) }
      return take(api.POST('/api/v1/conversations/{id}/notes', { params: { path: { id }, header }, body }))
    },
    onMutate: () => {
      askBeforeLeaving(`note-${id}`)
      return { draft: placeOfDraft(noteOf(id)), attempt: placeOfAttempt(id) }
    },
    onSuccess: (note, _, { attempt }) => {
      endAttempt(attempt)
      client.setQueryData(notesQuery(id).queryKey, (old) => old && putNote(old, note)) // an event may have been faster
      if (readDraft(noteOf(id)) === '') keepDraft(mentionsOf(id), '')
    },
    onError: (failure, { text }, places) => {
      const { draft = null, attempt = null } = places ?? {}
      // A session that has ended takes nothing away; a logout does, and then nothing is put back.
      if (draft === placeOfDraft(noteOf(id)) || isAttemptKept(attempt)) putBack(draft, text)
      if (surelyFailed(failure)) endAttempt(attempt)
      notifyFailure(failure)
    },
    onSettled: () => mayLeave(`note-${id}`),
  })
  return { add: mutate, adding: useIsMutating({ mutationKey }) > 0 }
}

export const useRemoveNote = ({ id, conversationId }: Note) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/notes/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: notesQuery(conversationId).queryKey }),
  })
}
