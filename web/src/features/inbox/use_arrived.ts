import { useRef } from 'react'

import type { Message, Thread } from '@/features/messages'

/** The customer's message that came last while the thread is open; null before there is one. */
export function useArrived(thread: Thread | undefined): Message | null {
  const known = useRef<{ id: string; timestamp: string } | null>(null)
  const arrived = useRef<Message | null>(null)
  if (!thread) return arrived.current
  const newest = thread.pages[0]?.messages.find(({ direction }) => direction === 'inbound')
  const before = known.current
  known.current ??= { id: newest?.id ?? '', timestamp: newest?.timestamp ?? '' } // what is there at first is no news
  // WhatsApp's times are whole seconds.
  if (before && newest && newest.id !== before.id && newest.timestamp >= before.timestamp) {
    known.current = newest
    arrived.current = newest
  }
  return arrived.current
}
