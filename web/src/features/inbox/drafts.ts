// What somebody has begun to write, kept for each conversation and person in the browser's storage until they
// send it or log out. What is shown lives here, so that a form may go and come back meanwhile.
import { useSyncExternalStore } from 'react'

import { dropOwn, keepOwn, ownKey, readOwn } from '@/lib/own_storage'
import { getSession, subscribe } from '@/lib/session'

/** By their keys; also where there is no storage. */
const written = new Map<string, string>()
const listeners = new Set<() => void>()

// A logout takes drafts out of the storage, here or in another tab.
subscribe(() => {
  if (getSession() === null) written.clear()
})

export const noteOf = (conversationId: string) => `${conversationId}-note`
/** Colleagues chosen for the note, so that a note that is put back still mentions them. */
export const mentionsOf = (conversationId: string) => `${conversationId}-mentions`
export const isMentions = (id: string) => id.endsWith(mentionsOf(''))

/** Where it is kept, also when the session has ended meanwhile. */
export const placeOfDraft = (id: string) => ownKey('draft', id)

export const readDraft = (id: string): string => readAt(placeOfDraft(id))
export const keepDraft = (id: string, text: string): void => keepAt(placeOfDraft(id), text)

/** What could not be sent, before what was begun meanwhile. */
export function putBack(place: string | null, text: string): void {
  const now = readAt(place)
  keepAt(place, now === '' ? text : `${text}\n${now}`)
}

const readAt = (place: string | null) => (place === null ? '' : (written.get(place) ?? readOwn(place) ?? ''))

function keepAt(place: string | null, text: string): void {
  if (place === null) return
  written.set(place, text)
  if (text === '') dropOwn(place)
  else keepOwn(place, text)
  for (const listener of listeners) listener()
}

export function forgetDrafts(conversationId: string): void {
  for (const id of [conversationId, noteOf(conversationId), mentionsOf(conversationId)]) keepDraft(id, '')
}

const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useDraft = (id: string): string => useSyncExternalStore(listen, () => readDraft(id))
