import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'

import { useLogOut } from '@/features/accounts/api/log_out'
import { keepOwn, ownKey, readOwn } from '@/lib/own_storage'
import { getSession, setSession } from '@/lib/session'
import { user } from '@/lib/testing'

test('logging out takes drafts out of the browser, and what was sent but is not out yet', async () => {
  setSession({ token: 'token', expiresIn: 900, user, workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' }, role: 'owner', roleName: 'owner' })
  const draft = ownKey('draft', 'conversation-1') ?? ''
  const unsent = ownKey('unsent', 'key-1') ?? ''
  keepOwn(draft, 'Hello')
  keepOwn(unsent, 'Hello')
  globalThis.fetch = (async () => Response.json({})) as typeof fetch
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
  const { result } = renderHook(useLogOut, { wrapper })
  act(() => result.current.mutate())
  await waitFor(() => expect(getSession()).toBeNull())
  expect(readOwn(draft)).toBeNull()
  expect(readOwn(unsent)).toBeNull()
})
