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

export function readDraft(id: string): string {
  const key = ownKey('draft', id)
  return key === null ? '' : (written.get(key) ?? readOwn(key) ?? '')
}

export function keepDraft(id: string, text: string): void {
  const key = ownKey('draft', id)
  if (key === null) return
  written.set(key, text)
  if (text === '') dropOwn(key)
  else keepOwn(key, text)
  for (const listener of listeners) listener()
}

/** What could not be sent, before what was begun meanwhile. */
export function putBack(id: string, text: string): void {
  const now = readDraft(id)
  keepDraft(id, now === '' ? text : `${text}\n${now}`)
}

export function forgetDrafts(conversationId: string): void {
  for (const id of [conversationId, noteOf(conversationId), mentionsOf(conversationId)]) keepDraft(id, '')
}

const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useDraft = (id: string): string => useSyncExternalStore(listen, () => readDraft(id))
