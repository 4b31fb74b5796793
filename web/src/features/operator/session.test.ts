// An operator's session and a member's are beside each other in one browser and never meet.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { operatorApi } from '@/features/operator/api/client'
import { getOperator, operatorClient, setOperator, subscribe } from '@/features/operator/session'
import { api, take } from '@/lib/api'
import { clearSession, getSession, setSession } from '@/lib/session'
import { queryClient } from '@/lib/query_client'

const operator = { id: 'operator-1', email: 'olaf@example.com', name: 'Olaf' }
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const logIn = (expiresAt = inAnHour()) => setOperator({ token: 'wop_1', expiresAt, operator })
const logInMember = () =>
  setSession({
    token: 'member-token',
    expiresIn: 900,
    user: { id: 'user-1', name: 'Olga', email: 'olga@example.com' },
    workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' },
    role: 'owner',
    roleName: 'Owner',
  })

const realFetch = globalThis.fetch
function answerAll(status: number): Request[] {
  const asked: Request[] = []
  globalThis.fetch = ((request: Request) => {
    asked.push(request)
    return Promise.resolve(
      Response.json(status === 200 ? { workspaces: [], nextCursor: null } : { error: { code: 'unauthorized' } }, { status }),
    )
  }) as typeof fetch
  return asked
}

afterEach(() => {
  setOperator(null)
  clearSession()
  queryClient.clear()
  globalThis.fetch = realFetch
  vi.useRealTimers()
})

test('each asks with a token of its own, and the operator without cookies', async () => {
  const asked = answerAll(200)
  logInMember()
  logIn()
  await take(operatorApi.GET('/api/v1/operator/workspaces'))
  await take(api.GET('/api/v1/contacts'))
  expect(asked.map(({ headers }) => headers.get('Authorization'))).toEqual(['Bearer wop_1', 'Bearer member-token'])
  expect(asked[0]?.credentials).toBe('omit')
})

test('without an operator a member’s token is not sent in its place', async () => {
  const asked = answerAll(401)
  logInMember()
  await expect(take(operatorApi.GET('/api/v1/operator/workspaces'))).rejects.toMatchObject({ code: 'unauthorized' })
  expect(asked[0]?.headers.has('Authorization')).toBe(false)
})

test('the end of one is not the end of the other', async () => {
  answerAll(401)
  logInMember()
  logIn()
  const told = vi.fn()
  const stop = subscribe(told)
  await expect(take(operatorApi.GET('/api/v1/operator/workspaces'))).rejects.toThrow()
  expect(getOperator()).toBeNull()
  expect(told).toHaveBeenCalled()
  expect(getSession()?.token).toBe('member-token')
  stop()
  logIn()
  clearSession()
  expect(getOperator()?.token).toBe('wop_1')
})

describe('it is kept', () => {
  test('for this tab, and not where members’ marks are', () => {
    logIn()
    expect(sessionStorage.getItem('wapi-operator')).toContain('wop_1')
    expect(JSON.stringify({ ...localStorage })).not.toContain('wop_1')
    setOperator(null)
    expect(sessionStorage.getItem('wapi-operator')).toBeNull()
  })

  test('over a reload, unless what is stored is none', async () => {
    logIn()
    vi.resetModules()
    const again = await import('@/features/operator/session')
    expect(again.getOperator()?.operator.name).toBe('Olaf')
    for (const broken of ['{', '{"token":1}', '[]', 'null']) {
      sessionStorage.setItem('wapi-operator', broken)
      vi.resetModules()
      expect((await import('@/features/operator/session')).getOperator(), broken).toBeNull()
    }
  })

  test('for its twelve hours and no longer', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
    logIn('2026-11-22T22:00:00Z')
    vi.setSystemTime(Date.parse('2026-11-22T21:59:59Z'))
    expect(getOperator()).not.toBeNull()
    vi.setSystemTime(Date.parse('2026-11-22T22:00:00Z'))
    expect(getOperator()).toBeNull()
  })
})

describe('its end', () => {
  const told = vi.fn()
  let stop = () => {}
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-11-22T10:00:00Z') })
    logIn('2026-11-22T22:00:00Z')
    told.mockClear()
    stop = subscribe(told)
  })
  afterEach(() => stop())

  test('changes nothing when it is only read, as pages do while they are drawn', () => {
    vi.setSystemTime(Date.parse('2026-11-22T22:00:00Z'))
    expect(getOperator()).toBeNull()
    expect(told).not.toHaveBeenCalled()
    expect(sessionStorage.getItem('wapi-operator')).not.toBeNull()
  })

  test('is told to an open page by itself, and the token is forgotten', () => {
    vi.advanceTimersByTime(12 * 3_600_000 - 1)
    expect(told).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(told).toHaveBeenCalledOnce()
    expect(sessionStorage.getItem('wapi-operator')).toBeNull()
    vi.advanceTimersByTime(3_600_000)
    expect(told).toHaveBeenCalledOnce()
  })

  test('is told soon after a machine has slept over it, as its timers slept too', () => {
    vi.setSystemTime(Date.parse('2026-11-23T06:00:00Z'))
    vi.advanceTimersByTime(60_000)
    expect(told).toHaveBeenCalledOnce()
  })

  test('is at once when the moment cannot be read', () => {
    logIn('soon')
    expect(getOperator()).toBeNull()
    expect(sessionStorage.getItem('wapi-operator')).toBeNull()
  })
})

test('what was answered to one operator is not shown to the next, nor to a member', () => {
  logIn()
  operatorClient.setQueryData(['workspaces'], 'seen')
  queryClient.setQueryData(['contacts'], 'theirs')
  setOperator({ token: 'wop_2', expiresAt: inAnHour(), operator: { ...operator, id: 'operator-2' } })
  expect(operatorClient.getQueryData(['workspaces'])).toBeUndefined()
  expect(queryClient.getQueryData(['contacts'])).toBe('theirs')
  expect(queryClient.getQueryData(['workspaces'])).toBeUndefined()
})
