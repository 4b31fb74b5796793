// Who is logged in: the access token, in memory only, and what the server says of the person.
//
// The refresh token is in a cookie that scripts cannot read. It changes at each use and a used one
// ends the session, so the tabs of one browser take turns (Web Locks). A mark in the browser's storage
// says that there may be a cookie: who never logged in is not asked of the server.
import type { components } from '@/api/generated/openapi'
import { queryClient } from '@/lib/query_client'

type LoggedIn = components['schemas']['LoggedIn']

export interface Session {
  token: string
  expiresAt: number // ms since 1970
  userId: string
  workspaceId: string
}

const refreshEarlyMs = 60_000
const lockName = 'wapi-refresh'
const markKey = 'wapi-logged-in'

let session: Session | null = null
let endedByServer = false
let changes = 0 // logins, refreshes and ends
let refreshing: Promise<Session | null> | null = null
const listeners = new Set<() => void>()

export const getSession = () => session
/** Whether the last session was ended by the server, and not by the person. */
export const wasEnded = () => endedByServer

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function setSession(answer: LoggedIn): Session {
  if (session && session.userId !== answer.user.id) queryClient.clear() // somebody else, in another tab
  session = {
    token: answer.token,
    expiresAt: Date.now() + answer.expiresIn * 1000,
    userId: answer.user.id,
    workspaceId: answer.workspace.id,
  }
  mark(true)
  announce()
  return session
}

export function clearSession(byServer = false): void {
  mark(false)
  end(byServer)
}

function end(byServer: boolean): void {
  endedByServer = byServer && session !== null
  session = null
  announce()
}

/** After a logout that did not reach the server: the next page load asks it again. */
export const expectCookie = () => mark(true)

// A logout in another tab takes the mark away, and a new login there may have set it again by now.
window.addEventListener('storage', (event) => {
  if (event.key === markKey && event.newValue === null) end(false)
})

function mark(loggedIn: boolean): void {
  try {
    if (loggedIn) localStorage.setItem(markKey, '1')
    else localStorage.removeItem(markKey)
  } catch {
    // without storage the server is asked
  }
}

function mayBeLoggedIn(): boolean {
  try {
    return localStorage.getItem(markKey) !== null
  } catch {
    return true
  }
}

function announce(): void {
  changes += 1
  for (const listener of listeners) listener()
}

/** A session whose token is good for a while, or null when one has to log in. Several callers share one refresh. */
export async function freshSession(): Promise<Session | null> {
  if (session && session.expiresAt - Date.now() > refreshEarlyMs) return session
  return refreshSession()
}

/** Asks for a new token whatever the old one is like. Throws when the server cannot be reached. */
export function refreshSession(): Promise<Session | null> {
  refreshing ??= inTurn(askForToken).finally(() => {
    refreshing = null
  })
  return refreshing
}

async function inTurn(run: () => Promise<Session | null>): Promise<Session | null> {
  // Without https there are no locks; tabs that refresh in the same moment are rare.
  return 'locks' in navigator ? await navigator.locks.request(lockName, run) : await run()
}

async function askForToken(): Promise<Session | null> {
  if (!mayBeLoggedIn()) return null
  const before = changes
  const answer = await fetch('/api/v1/auth/refresh', { method: 'POST' })
  const loggedIn = answer.ok ? ((await answer.json()) as LoggedIn) : null
  if (changes !== before) return session // logged out meanwhile, or in as somebody else
  if (loggedIn) return setSession(loggedIn)
  if (answer.status >= 500 || answer.status === 429) {
    throw new Error(`refresh: ${answer.status}`)
  }
  clearSession(true)
  return null
}
