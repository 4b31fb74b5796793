import { afterEach, expect, test } from 'vitest'

import { api } from '@/lib/api'
import { clearSession, setSession } from '@/lib/session'
import { loggedIn } from '@/lib/testing'

const realFetch = globalThis.fetch
afterEach(() => {
  Reflect.deleteProperty(navigator, 'locks')
  clearSession()
  globalThis.fetch = realFetch
})

test('a token goes with everything but what works without one', async () => {
  setSession(loggedIn)
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

test('what sets the cookie takes turns with all tabs, and a wrong password renews nothing', async () => {
  setSession(loggedIn)
  let turns = 0
  const request = (_name: string, _options: LockOptions, run: () => Promise<unknown>) => {
    turns += 1
    return run()
  }
  Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true }) // jsdom has none
  const asked: string[] = []
  globalThis.fetch = (async (one: Request) => {
    asked.push(new URL(one.url).pathname)
    return Response.json({}, { status: 401 })
  }) as typeof fetch
  await api.POST('/api/v1/auth/login', { body: { email: 'a@example.com', password: 'wrong password' } })
  await api.POST('/api/v1/auth/login/second-factor', { body: { challengeToken: 'challenge', code: '123456' } })
  await api.POST('/api/v1/auth/signup', { body: { name: 'A', email: 'a@example.com', password: 'a long password', workspaceName: 'Shop' } })
  await api.POST('/api/v1/auth/logout')
  expect(turns).toBe(4)
  await api.POST('/api/v1/auth/password-reset', { body: { email: 'a@example.com' } })
  expect(turns).toBe(4)
  expect(asked).toEqual(['login', 'login/second-factor', 'signup', 'logout', 'password-reset'].map((path) => `/api/v1/auth/${path}`))
})
