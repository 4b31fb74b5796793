import { afterEach, expect, test } from 'vitest'

import { api } from '@/lib/api'
import { clearSession, setSession } from '@/lib/session'
import { user } from '@/lib/testing'

const realFetch = globalThis.fetch
afterEach(() => {
  clearSession()
  globalThis.fetch = realFetch
})

test('a token goes with everything but what works without one', async () => {
  const workspace = { id: 'workspace-1', name: 'Shop', plan: 'free' as const }
  setSession({ token: 'token', expiresIn: 900, user, workspace, role: 'owner', roleName: 'owner' })
  const tokens: (string | null)[] = []
  globalThis.fetch = (async (request: Request) => {
    tokens.push(request.headers.get('Authorization'))
    return Response.json({})
  }) as typeof fetch
  await api.POST('/api/v1/auth/logout')
  await api.POST('/api/v1/auth/login/second-factor', { body: { challengeToken: 'challenge', code: '123456' } })
  expect(tokens.splice(0)).toEqual([null, null])
  await api.POST('/api/v1/auth/logout-all', { body: { keepCurrent: true } })
  await api.GET('/api/v1/workspace')
  expect(tokens).toEqual(['Bearer token', 'Bearer token'])
})
