// An operator's session. It has nothing in common with a member's (lib/session.ts): a token of its own
// kind, which opens other routes, kept for this tab alone until it ends, is logged out or the tab is
// closed; no cookie. Whoever is logged in as both stays so, and neither sees the other's answers.
import { QueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { ApiError } from '@/lib/api_error'

type Schemas = components['schemas']
export type OperatorSession = Schemas['OperatorLoggedIn']

const storageKey = 'wapi-operator'
const retriesMax = 2
const checkEveryMs = 60_000

/** Answers to operators, apart from those to members. */
export const operatorClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, failure) => count < retriesMax && failure instanceof ApiError && failure.transient,
    },
  },
})

let session = readStored()
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()
endWhenOver()

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Null when nobody is logged in, or the session's twelve hours are over. Changes nothing: it is asked while pages are drawn. */
export const getOperator = (): OperatorSession | null => (session && leftMs(session) > 0 ? session : null)

export function setOperator(next: OperatorSession | null): void {
  session = next
  operatorClient.clear()
  store()
  for (const tell of listeners) tell()
  endWhenOver()
}

function leftMs({ expiresAt }: OperatorSession): number {
  return Date.parse(expiresAt) - Date.now()
}

/** Looks every minute, as timers stand still in a machine that sleeps. */
function endWhenOver(): void {
  clearTimeout(timer)
  if (!session) return
  const waitMs = Math.min(leftMs(session), checkEveryMs)
  if (waitMs > 0) timer = setTimeout(endWhenOver, waitMs)
  else setOperator(null)
}

function store(): void {
  try {
    if (session) sessionStorage.setItem(storageKey, JSON.stringify(session))
    else sessionStorage.removeItem(storageKey)
  } catch {
    // without storage the session ends with the page
  }
}

function readStored(): OperatorSession | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null')
    return isSession(value) ? value : null
  } catch {
    return null
  }
}

function isSession(value: unknown): value is OperatorSession {
  return (
    typeof value === 'object' &&
    value !== null &&
    'token' in value &&
    typeof value.token === 'string' &&
    'expiresAt' in value &&
    typeof value.expiresAt === 'string' &&
    'operator' in value &&
    typeof value.operator === 'object'
  )
}
