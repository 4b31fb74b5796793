import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeAll, expect, test } from 'vitest'

import { useLogOut } from '@/features/accounts/api/log_out'
import { startI18n } from '@/lib/i18n'
import { keepOwn, ownKey, readOwn } from '@/lib/own_storage'
import { clearSession, finishLogout, getSession, setSession } from '@/lib/session'
import { loggedIn } from '@/lib/testing'

beforeAll(() => startI18n('en'))

const realFetch = globalThis.fetch
afterEach(() => {
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

/** What the next page that is loaded says to the server by itself. */
async function nextPageSays(): Promise<unknown[]> {
  const said: unknown[] = []
  globalThis.fetch = (address) => {
    said.push(address)
    return Promise.resolve(Response.json({}))
  }
  await finishLogout()
  return said
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

test('a server that has heard of it is told no more', async () => {
  await logOut(() => Promise.resolve(Response.json({})))
  expect(await nextPageSays()).toEqual([])
})

test('where the server was not reached, or the page was left, the next page tells it', async () => {
  await logOut(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(getSession()).toBeNull()
  expect(await nextPageSays()).toEqual(['/api/v1/auth/logout'])
  expect(await nextPageSays()).toEqual([])
})
