import { useEffect, useRef } from 'react'

import { shortcutIds, shortcutOf, shortcuts, type ShortcutId } from '@/features/inbox/shortcuts'

type Handlers = Partial<Record<ShortcutId, () => void>>

const listeners = new Set<{ current: Handlers }>()

// Before anything else sees the key: a dialog that it closes must still be there.
function onKey(event: KeyboardEvent): void {
  const id = shortcutOf(event)
  if (id === null) return
  const [handle] = answerers(id)
  if (!handle) return
  event.preventDefault()
  if (!event.repeat || 'whileHeld' in shortcuts[id]) handle()
}

const answerers = (id: ShortcutId) => [...listeners].map(({ current }) => current[id]).filter((handle) => handle !== undefined)

/** What can be done now, for those who look for it by name. */
export const offeredShortcuts = (): ShortcutId[] => shortcutIds.filter((id) => answerers(id).length > 0)

export const runShortcut = (id: ShortcutId): void => answerers(id)[0]?.()

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
