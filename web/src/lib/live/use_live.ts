// What parts of the page know of live events.
import { useEffect, useRef, useSyncExternalStore } from 'react'

import type { Here } from '@/lib/live/colleagues'
import { colleagues, getLiveState, getLostAt, listen, setViewing, watchLive, type Listener } from '@/lib/live/live'

/** True while the server tells what happens; otherwise one has to look. */
export const useLiveUp = (): boolean => useSyncExternalStore(watchLive, () => getLiveState() === 'up')

/** Since when a connection that was there is gone, ms since 1970. */
export const useLostAt = (): number | null => useSyncExternalStore(watchLive, getLostAt)

/** Who else looks at the conversation or types in it. */
export const useHere = (conversationId: string): Here[] =>
  useSyncExternalStore(watchLive, () => colleagues.in(conversationId))

/** Colleagues see that one is there as long as it is shown. */
export function useViewing(conversationId: string): void {
  useEffect(() => {
    setViewing(conversationId)
    return () => setViewing(undefined)
  }, [conversationId])
}

export function useLiveEvents(listener: Listener): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(
    () =>
      listen({
        onEvent: (event) => latest.current.onEvent?.(event),
        onMissed: (reason, spreadMs) => latest.current.onMissed?.(reason, spreadMs),
      }),
    [],
  )
}
