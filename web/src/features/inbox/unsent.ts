// Messages that are not known to have gone out, kept in the browser's storage with their keys: a reload, a closed
// tab or a session that ends must not lose what somebody has sent. A logout takes them away, after a warning.
import type { components } from '@/api/generated/openapi'
import { askBeforeLeaving, mayLeave } from '@/features/inbox/leave_guard'
import { ApiError, type FailureCode } from '@/lib/api_error'
import { dropOwn, keepOwn, ownKey, ownOf, readOwn } from '@/lib/own_storage'

type Schemas = components['schemas']

interface Draft {
  conversationId: string
  idempotencyKey: string
  at: string
  /** What the bubble shows. */
  shown: string
  /** An attempt got no answer: it may have gone out, and the key must stay. */
  uncertain?: boolean
}
export type Outgoing = Draft &
  ({ kind: 'text'; body: Schemas['TextMessage'] } | { kind: 'template'; body: Schemas['TemplateMessage'] })

interface Kept {
  outgoing: Outgoing
  /** Of an attempt that was answered. */
  failure: { code: FailureCode; status: number; message: string } | null
}

const unsentKey = (idempotencyKey: string) => ownKey('unsent', idempotencyKey)

/** Where it is kept, also when the session has ended meanwhile. */
export function keepUnsent(outgoing: Outgoing): string | null {
  const place = unsentKey(outgoing.idempotencyKey)
  askBeforeLeaving(outgoing.idempotencyKey)
  if (place !== null) write(place, { outgoing, failure: null })
  return place
}

/** With what the server has said. What was forgotten meanwhile stays so. */
export function noteFailure(place: string | null | undefined, outgoing: Outgoing, failure: unknown): void {
  if (!place || readOwn(place) === null || !(failure instanceof ApiError)) return
  const { code, status, message } = failure
  write(place, { outgoing, failure: { code, status, message } })
}

export function dropUnsent(place: string | null | undefined, { idempotencyKey }: Outgoing): void {
  mayLeave(idempotencyKey)
  const known = place ?? unsentKey(idempotencyKey)
  if (known !== null) dropOwn(known)
}

/** Of what was kept under a key: where it belongs, and what it says. */
export const shownOf = (value: string): Outgoing => (JSON.parse(value) as Kept).outgoing

/** Oldest first. */
export function unsentOf(conversationId: string): { outgoing: Outgoing; failure: ApiError }[] {
  return ownOf('unsent')
    .map(({ value }) => JSON.parse(value) as Kept)
    .filter(({ outgoing }) => outgoing.conversationId === conversationId)
    .sort((one, other) => Date.parse(one.outgoing.at) - Date.parse(other.outgoing.at))
    .map(({ outgoing, failure }) => ({
      outgoing,
      failure: failure ? new ApiError(failure.code, failure.message, failure.status) : new ApiError('offline', 'No answer yet.', 0),
    }))
}

export function forgetUnsent(conversationId: string): void {
  for (const { outgoing } of unsentOf(conversationId)) dropUnsent(null, outgoing)
}

/** Calls with the key of one that another tab has sent or given up. Gives what ends it. */
export function onSentElsewhere(tell: (idempotencyKey: string) => void): () => void {
  const onStorage = ({ key, newValue }: StorageEvent) => {
    const prefix = unsentKey('')
    if (key === null || newValue !== null || prefix === null || !key.startsWith(prefix)) return
    mayLeave(key.slice(prefix.length))
    tell(key.slice(prefix.length))
  }
  window.addEventListener('storage', onStorage)
  return () => window.removeEventListener('storage', onStorage)
}

const write = (place: string, kept: Kept) => keepOwn(place, JSON.stringify(kept))
