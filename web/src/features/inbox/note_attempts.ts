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

const placeOf = (conversationId: string) => ownKey('attempt', conversationId)

/** The key to send a note under. */
export function keyOfNote(conversationId: string, draft: NoteDraft): string {
  const place = placeOf(conversationId)
  const kept = place === null ? null : readOwn(place)
  const before = kept === null ? null : (JSON.parse(kept) as Attempt)
  const note = JSON.stringify(draft)
  if (before?.note === note && Date.now() - before.at < keyKnownMs) return before.idempotencyKey
  const attempt: Attempt = { note, idempotencyKey: newKey(), at: Date.now() }
  if (place !== null) keepOwn(place, JSON.stringify(attempt))
  return attempt.idempotencyKey
}

/** It is known what became of it: the next note is another one, even of the same words. */
export function endAttempt(conversationId: string): void {
  const place = placeOf(conversationId)
  if (place !== null) dropOwn(place)
}
