import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeAll, expect, test } from 'vitest'

import { useLogOut } from '@/features/accounts/api/log_out'
import { startI18n } from '@/lib/i18n'
import { keepOwn, ownKey, readOwn } from '@/lib/own_storage'
import { clearSession, freshSession, getSession, setSession } from '@/lib/session'
import { user } from '@/lib/testing'

const loggedIn: Parameters<typeof setSession>[0] = {
  token: 'token',
  expiresIn: 900,
  user,
  workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' },
  role: 'owner',
  roleName: 'owner',
}

beforeAll(() => startI18n('en'))

const realFetch = globalThis.fetch
afterEach(() => {
  window.dispatchEvent(new Event('pageshow'))
  clearSession()
  globalThis.fetch = realFetch
})

async function logOut(answer: () => Promise<Response>) {
  setSession(loggedIn)
  globalThis.fetch = answer
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  const { result } = renderHook(useLogOut, { wrapper })
  act(() => result.current.mutate())
  await waitFor(() => expect(result.current.isPending || result.current.isIdle).toBe(false))
}

/** Whether the next page to be loaded asks the server who is logged in. */
async function nextPageAsks(): Promise<boolean> {
  let asked = false
  globalThis.fetch = () => {
    asked = true
    return Promise.resolve(Response.json({}, { status: 401 }))
  }
  await freshSession()
  return asked
}

test('logging out takes drafts out of the browser, and what was sent but is not out yet', async () => {
  setSession(loggedIn)
  const draft = ownKey('draft', 'conversation-1') ?? ''
  const unsent = ownKey('unsent', 'key-1') ?? ''
  keepOwn(draft, 'Hello')
  keepOwn(unsent, 'Hello')
  await logOut(() => Promise.resolve(Response.json({})))
  expect(getSession()).toBeNull()
  setSession(loggedIn)
  expect(readOwn(draft)).toBeNull()
  expect(readOwn(unsent)).toBeNull()
})

test('who is logged out is not asked of the server again', async () => {
  await logOut(() => Promise.resolve(Response.json({})))
  expect(await nextPageAsks()).toBe(false)
})

test('a logout that did not reach the server is found out by the next page', async () => {
  await logOut(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(getSession()).toBeNull()
  expect(await nextPageAsks()).toBe(true)
})

test('a request that failed because the page was left says nothing of the logout', async () => {
  window.dispatchEvent(new Event('pagehide'))
  await logOut(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(await nextPageAsks()).toBe(false)
})
