// What the browser keeps for one person in one workspace, beyond the tab. Nobody else who logs in here is shown it.
import { getSession } from '@/lib/session'

type Kind = 'draft' | 'unsent'

const root = 'wapi-own:'
const keptMs = 30 * 24 * 3_600_000

/** Null while nobody is logged in. */
export function ownKey(kind: Kind, id: string): string | null {
  const session = getSession()
  return session && `${ownerPrefix(kind, session.userId)}${session.workspaceId}:${id}`
}

const ownerPrefix = (kind: Kind, userId: string) => `${root}${kind}:${userId}:`

interface Kept {
  at: number
  value: string
}

export function readOwn(key: string): string | null {
  try {
    return parse(localStorage.getItem(key))?.value ?? null
  } catch {
    return null
  }
}

/** Without storage, or when it is full, nothing is kept. */
export function keepOwn(key: string, value: string): void {
  try {
    dropOld()
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), value } satisfies Kept))
  } catch {
    // then it lives as long as the page
  }
}

export function dropOwn(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // nothing was kept
  }
}

/** Everything of a kind that is kept for who is logged in, in this workspace. */
export const ownOf = (kind: Kind): { key: string; value: string }[] => {
  const prefix = ownKey(kind, '')
  if (prefix === null) return []
  return keysFrom(prefix).flatMap((key) => {
    const value = readOwn(key)
    return value === null ? [] : [{ key, value }]
  })
}

/** Of who is logged in, in all their workspaces. */
export function forgetOwn(kind: Kind): void {
  const session = getSession()
  if (session) keysFrom(ownerPrefix(kind, session.userId)).forEach(dropOwn)
}

function keysFrom(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  } catch {
    return []
  }
}

function parse(text: string | null): Kept | null {
  return text === null ? null : (JSON.parse(text) as Kept)
}

let looked = false

/** What was left behind: of contacts that were erased while no page was open, of people who never came back. */
function dropOld(): void {
  if (looked) return
  looked = true
  for (const key of keysFrom(root)) {
    if ((parse(localStorage.getItem(key))?.at ?? 0) < Date.now() - keptMs) dropOwn(key)
  }
}
