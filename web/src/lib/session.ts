// Who is logged in: the access token, in memory only, and what the server says of the person.
//
// The refresh token is in a cookie that scripts cannot read. It changes at each use and a used one
// ends the session, so the tabs of one browser take turns (Web Locks). A mark in the browser's storage
// says that there may be a cookie: who never logged in is not asked of the server, and a logout that the
// server may not have heard of is repeated.
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
const turnMaxMs = 5_000
const markKey = 'wapi-logged-in'
type Mark = '1' | 'ending'

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
  setMark('1')
  announce()
  return session
}

export function clearSession(byServer = false): void {
  setMark(null)
  end(byServer)
}

function end(byServer: boolean): void {
  endedByServer = byServer && session !== null
  session = null
  announce()
}

/** Ends it for this browser. Until the server has heard of it (`logoutHeard`) each page that is loaded tells it once more. */
export function beginLogout(): void {
  setMark('ending')
  end(false)
}

export function logoutHeard(): void {
  if (readMark() === 'ending') setMark(null) // and not in again, in another tab
}

/** For a page that was just loaded. What fails is left to the next one. */
export async function finishLogout(): Promise<void> {
  if (readMark() !== 'ending') return
  const answer = await inTurn(() => fetch('/api/v1/auth/logout', { method: 'POST', keepalive: true })).catch(() => null)
  if (answer?.ok) logoutHeard()
}

// A logout in another tab changes the mark, and a new login there may have set it again by now.
window.addEventListener('storage', (event) => {
  if (event.key === markKey && event.newValue !== '1') end(false)
})

function setMark(mark: Mark | null): void {
  try {
    if (mark) localStorage.setItem(markKey, mark)
    else localStorage.removeItem(markKey)
  } catch {
    // without storage the server is asked
  }
}

function readMark(): Mark | null {
  try {
    return localStorage.getItem(markKey) as Mark | null
  } catch {
    return '1'
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
  if (readMark() !== '1') return Promise.resolve(null) // nor waits for a logout that hangs
  refreshing ??= inTurn(askForToken, Infinity).finally(() => {
    refreshing = null
  })
  return refreshing
}

/** For requests whose answer sets the cookie, in whatever tab: a late one would set it over that of a later login. No
 * longer than it takes to see that the one before hangs; without https there are no locks. */
export async function inTurn<Answer>(run: () => Promise<Answer>, waitMs = turnMaxMs): Promise<Answer> {
  if (!('locks' in navigator)) return run()
  const waiting = new AbortController()
  const timer = Number.isFinite(waitMs) ? setTimeout(() => waiting.abort(), waitMs) : undefined
  let begun = false
  const begin = () => {
    begun = true
    clearTimeout(timer)
    return run()
  }
  try {
    return (await navigator.locks.request(lockName, { signal: waiting.signal }, begin)) as Answer
  } catch (failure) {
    if (begun) throw failure
    return run()
  }
}

async function askForToken(): Promise<Session | null> {
  if (readMark() !== '1') return null // by now
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
