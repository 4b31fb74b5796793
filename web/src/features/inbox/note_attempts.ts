// The note of each conversation that may have reached the server without an answer, with its Idempotency-Key: the
// same words are sent again under the same key, also after a reload, so that the team does not read them twice.
import type { components } from '@/api/generated/openapi'
import { keyKnownMs, newKey } from '@/features/inbox/keys'
import { dropOwn, keepOwn, ownKey, readOwn } from '@/lib/own_storage'

type NoteDraft = components['schemas']['NoteDraft']

interface Attempt {
  note: string
  idempotencyKey: string
  at: number
}

/** Where it is kept, also when the session has ended meanwhile. */
export const placeOfAttempt = (conversationId: string) => ownKey('attempt', conversationId)

/** The key to send a note under. */
export function keyOfNote(conversationId: string, draft: NoteDraft): string {
  const place = placeOfAttempt(conversationId)
  const kept = place === null ? null : readOwn(place)
  const before = kept === null ? null : (JSON.parse(kept) as Attempt)
  const note = JSON.stringify(draft)
  if (before?.note === note && Date.now() - before.at < keyKnownMs) return before.idempotencyKey
  const attempt: Attempt = { note, idempotencyKey: newKey(), at: Date.now() }
  if (place !== null) keepOwn(place, JSON.stringify(attempt))
  return attempt.idempotencyKey
}

/** It is known what became of it: the next note is another one, even of the same words. */
export function endAttempt(place: string | null): void {
  if (place !== null) dropOwn(place)
}

/** False once it has ended, or a logout or an erasure has taken it away. */
export const isAttemptKept = (place: string | null): boolean => place !== null && readOwn(place) !== null
