// What the browser keeps for one person in one workspace, beyond the tab. Nobody else who logs in here is shown it, and
// a logout takes it away. Where the browser stores nothing, or no more, it lives as long as the page.
import { getSession } from '@/lib/session'

const kinds = ['draft', 'unsent', 'attempt'] as const
type Kind = (typeof kinds)[number]

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

/** What the storage has not taken. */
const unstored = new Map<string, string>()

export function readOwn(key: string): string | null {
  try {
    return unstored.get(key) ?? parse(localStorage.getItem(key))?.value ?? null
  } catch {
    return null
  }
}

export function keepOwn(key: string, value: string): void {
  try {
    dropOld()
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), value } satisfies Kept))
    unstored.delete(key)
  } catch {
    unstored.set(key, value)
  }
}

export function dropOwn(key: string): void {
  unstored.delete(key)
  try {
    localStorage.removeItem(key)
  } catch {
    // nothing was stored
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

interface Own {
  workspaceId: string
  id: string
  value: string
}

/** Everything of a kind that is kept for who is logged in, in all their workspaces. */
export function ownOfPerson(kind: Kind): Own[] {
  const session = getSession()
  const prefix = session && ownerPrefix(kind, session.userId)
  if (prefix === null) return []
  return keysFrom(prefix).map((key) => {
    const [workspaceId = '', ...id] = key.slice(prefix.length).split(':')
    return { workspaceId, id: id.join(':'), value: readOwn(key) ?? '' }
  })
}

/** Of who is logged in, in all their workspaces. */
export function forgetOwn(): void {
  const session = getSession()
  for (const kind of kinds) if (session) keysFrom(ownerPrefix(kind, session.userId)).forEach(dropOwn)
}

function keysFrom(prefix: string): string[] {
  return [...new Set([...unstored.keys(), ...storedKeys()])].filter((key) => key.startsWith(prefix))
}

function storedKeys(): string[] {
  try {
    return Object.keys(localStorage)
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
