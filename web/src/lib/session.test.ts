// The server is asked for a session only where there may be one, and the tabs of a browser end together.
import { afterEach, expect, test } from 'vitest'

import { beginLogout, clearSession, finishLogout, freshSession, getSession, logoutHeard, setSession, wasEnded } from '@/lib/session'
import { loggedIn as answer, user } from '@/lib/testing'

const realFetch = globalThis.fetch
function answerAll(response: () => Response): () => number {
  let asked = 0
  globalThis.fetch = () => {
    asked += 1
    return Promise.resolve(response())
  }
  return () => asked
}
const refused = () => Response.json({ error: { code: 'unauthorized' } }, { status: 401 })

afterEach(() => {
  clearSession()
  globalThis.fetch = realFetch
})

test('who never logged in, or logged out, is not asked of the server', async () => {
  const asked = answerAll(refused)
  expect(await freshSession()).toBeNull()
  setSession(answer)
  clearSession()
  expect(await freshSession()).toBeNull()
  expect(asked()).toBe(0)
})

/** As a page finds it that is loaded while one is logged in. */
const loadedAnew = () => localStorage.setItem('wapi-logged-in', '1')

test('one refusal is enough', async () => {
  loadedAnew()
  const asked = answerAll(refused)
  expect(await freshSession()).toBeNull()
  expect(await freshSession()).toBeNull()
  expect(asked()).toBe(1)
})

test('a page that was loaded anew gets its session back', async () => {
  loadedAnew()
  answerAll(() => Response.json(answer))
  expect(await freshSession()).toMatchObject({ token: 'token', userId: user.id })
})

test('a failure of the server ends nothing', async () => {
  loadedAnew()
  answerAll(() => new Response(null, { status: 503 }))
  await expect(freshSession()).rejects.toThrow('503')
  const asked = answerAll(() => Response.json(answer))
  expect(await freshSession()).not.toBeNull()
  expect(asked()).toBe(1)
})

test('an answer that comes after a logout, or after the login of somebody else, is not taken', async () => {
  const late = async (meanwhile: () => void) => {
    loadedAnew()
    const waiting: ((response: Response) => void)[] = []
    globalThis.fetch = () => new Promise((resolve) => waiting.push(resolve))
    const asked = freshSession()
    await expect.poll(() => waiting).toHaveLength(1)
    meanwhile()
    waiting[0]?.(Response.json(answer))
    return asked
  }
  const inAnotherTab = () => void window.dispatchEvent(new StorageEvent('storage', { key: 'wapi-logged-in', newValue: null }))
  expect(await late(clearSession)).toBeNull()
  expect(await late(inAnotherTab)).toBeNull()
  expect(getSession()).toBeNull()
  const somebodyElse = { ...answer, token: 'other', user: { ...user, id: 'user-2' } }
  expect(await late(() => setSession(somebodyElse))).toMatchObject({ userId: 'user-2' })
  expect(getSession()).toMatchObject({ token: 'other' })
})

test('each page that is loaded tells the server of a logout, until one was answered; none asks who is logged in', async () => {
  setSession(answer)
  beginLogout()
  const failing = answerAll(() => new Response(null, { status: 503 }))
  expect(await freshSession()).toBeNull()
  await finishLogout()
  expect(failing()).toBe(1)
  const heard = answerAll(() => Response.json({ success: true }))
  await finishLogout()
  await finishLogout()
  expect(heard()).toBe(1)
  expect(await freshSession()).toBeNull()
  expect(heard()).toBe(1)
})

test('the answer to a logout takes no login away that came before it', async () => {
  setSession(answer)
  beginLogout()
  setSession(answer)
  logoutHeard()
  const asked = answerAll(() => Response.json({ success: true }))
  await finishLogout()
  expect(asked()).toBe(0)
  expect(getSession()).not.toBeNull()
})

test('a logout in another tab ends this one, and not what was begun there since', async () => {
  setSession(answer)
  window.dispatchEvent(new StorageEvent('storage', { key: 'wapi-logged-in', newValue: 'ending' }))
  expect(getSession()).toBeNull()
  expect(wasEnded()).toBe(false)
  answerAll(() => Response.json(answer))
  expect(await freshSession()).not.toBeNull()
})
