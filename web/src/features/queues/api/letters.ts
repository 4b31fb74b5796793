import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { lettersMax, type Desk, type EventReplay, type LetterAct, type LetterResult } from '@/features/queues/desk'

const pageSize = 50

export const lettersQuery = (desk: Desk) =>
  infiniteQueryOptions({
    queryKey: [...desk.key, 'letters'],
    queryFn: ({ pageParam, signal }) => desk.list({ limit: pageSize, ...(pageParam && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => pages.flatMap((page) => page.jobs),
  })

interface Wanted {
  act: LetterAct
  ids: string[]
  /** Ends it behind the request that is under way. */
  signal: AbortSignal
}

/** Acts on any number of letters, as many at a time as a request may name; `onProgress` says how many are done. */
export function useActOnLetters(desk: Desk, onProgress?: (done: number) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ act, ids, signal }: Wanted): Promise<LetterResult[]> => {
      const results: LetterResult[] = []
      for (let at = 0; at < ids.length && !signal.aborted; at += lettersMax) {
        const part = await desk.act(act, ids.slice(at, at + lettersMax))
        results.push(...part.results)
        onProgress?.(results.length)
      }
      return results
    },
    // Also after a failure: the parts before it are done.
    onSettled: () => client.invalidateQueries({ queryKey: desk.key }),
  })
}

export function useReplayEvents(desk: Desk) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: EventReplay) => desk.replayEvents(wanted),
    onSuccess: () => void client.invalidateQueries({ queryKey: desk.key }),
  })
}
