import { beforeEach, describe, expect, test } from 'vitest'

import { keepDraft, placeOfDraft, putBack, readDraft } from '@/features/inbox/drafts'
import { forgetOwn } from '@/lib/own_storage'
import { clearSession, setSession } from '@/lib/session'
import { user } from '@/lib/testing'

const logIn = (userId = user.id, workspaceId = 'workspace-1') =>
  setSession({
    token: 'token', expiresIn: 900, user: { ...user, id: userId }, workspace: { id: workspaceId, name: 'Shop', plan: 'free' }, role: 'owner', roleName: 'owner',
  })

beforeEach(() => {
  clearSession()
  localStorage.clear()
})

describe('a draft', () => {
  test('is there again after the session has ended, for the same person in the same workspace', () => {
    logIn()
    keepDraft('conversation-1', 'Hello')
    clearSession()
    expect(readDraft('conversation-1')).toBe('')
    logIn('user-2')
    expect(readDraft('conversation-1')).toBe('')
    logIn(user.id, 'workspace-2')
    expect(readDraft('conversation-1')).toBe('')
    logIn()
    expect(readDraft('conversation-1')).toBe('Hello')
  })

  test('goes with a logout, in all workspaces, and leaves those of others', () => {
    logIn('user-2')
    keepDraft('conversation-1', 'Of another')
    logIn(user.id, 'workspace-2')
    keepDraft('conversation-2', 'Elsewhere')
    logIn()
    keepDraft('conversation-1', 'Hello')
    forgetOwn()
    clearSession()
    expect(JSON.stringify({ ...localStorage })).not.toMatch(/Hello|Elsewhere/)
    logIn('user-2')
    expect(readDraft('conversation-1')).toBe('Of another')
  })

  test('that is put back comes before what was begun meanwhile', () => {
    logIn()
    keepDraft('conversation-1', 'Second')
    putBack(placeOfDraft('conversation-1'), 'First')
    expect(readDraft('conversation-1')).toBe('First\nSecond')
  })
})
