import { useEffect, useRef } from 'react'

import { shortcutOf, type ShortcutId } from '@/features/inbox/shortcuts'

type Handlers = Partial<Record<ShortcutId, (event: KeyboardEvent) => void>>

const listeners = new Set<{ current: Handlers }>()

// Before anything else sees the key: a dialog that it closes must still be there.
function onKey(event: KeyboardEvent): void {
  const id = shortcutOf(event)
  if (id === null) return
  for (const { current } of listeners) {
    const handle = current[id]
    if (!handle) continue
    event.preventDefault()
    handle(event)
    return
  }
}

/** Answers keys while the component is there. Of several that answer one key, the first that was there does. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers)
  latest.current = handlers
  useEffect(() => {
    if (listeners.size === 0) window.addEventListener('keydown', onKey, true)
    listeners.add(latest)
    return () => {
      listeners.delete(latest)
      if (listeners.size === 0) window.removeEventListener('keydown', onKey, true)
    }
  }, [])
}
