// Asks before the page is left while something is not sent yet.
import { getSession, subscribe } from '@/lib/session'

const waiting = new Set<string>()
const onLeave = (event: BeforeUnloadEvent) => event.preventDefault()

// On the login page it is too late, and the next to log in is asked for nothing of others.
subscribe(() => {
  if (getSession() === null) [...waiting].forEach(mayLeave)
})

export function askBeforeLeaving(key: string): void {
  if (waiting.size === 0) window.addEventListener('beforeunload', onLeave)
  waiting.add(key)
}

export function mayLeave(key: string): void {
  waiting.delete(key)
  if (waiting.size === 0) window.removeEventListener('beforeunload', onLeave)
}
