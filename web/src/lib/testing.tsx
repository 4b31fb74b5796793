// For tests of pages: a page as one member sees it, with the server's answers given at `fetch`.
import { MantineProvider } from '@mantine/core'
import { notifications, Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, describe, expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { permissions, type Permission } from '@/api/generated/permissions'
import { startI18n } from '@/lib/i18n'
import { clearSession, setSession } from '@/lib/session'

type Schemas = components['schemas']

export const user = { id: 'user-1', name: 'Olga Owner', email: 'owner@example.com' }
const workspace: Schemas['WorkspaceName'] = { id: 'workspace-1', name: 'Corner Shop', plan: 'free' }
/** What the server says to who logs in. */
export const loggedIn: Schemas['LoggedIn'] = { token: 'token', expiresIn: 900, user, workspace, role: 'owner', roleName: 'owner' }

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
}

/** An answer's JSON, or a Response; or a promise of one, for what has not arrived. */
type Answer = unknown
/** `GET /api/v1/workspace`, with `*` for one part of a path. */
export type Answers = Record<string, Answer | ((asked: Asked) => Answer)>

export const failure = (status: number, code: string) =>
  Response.json({ error: { code, message: code, requestId: 'request-1' } }, { status })

export const never = () => new Promise<never>(() => undefined)

interface PageOptions {
  answers: Answers
  role?: string
  allowed?: readonly Permission[]
}

/** Shows the page and gives what it asked of the server. A request that the test has no answer to fails. */
export async function showPage(page: ReactNode, { answers, role = 'owner', allowed = permissions }: PageOptions) {
  const asked: Asked[] = []
  const me: Schemas['Me'] = { user, workspace, role, roleName: role, permissions: [...allowed], memberships: [] }
  const all: Answers = { 'GET /api/v1/auth/me': me, ...answers }
  setSession({ ...loggedIn, role, roleName: role })
  const answerTo = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url)
    const text = await request.text()
    const one: Asked = {
      method: request.method,
      path: pathname,
      query: searchParams,
      body: text ? JSON.parse(text) : undefined,
    }
    asked.push(one)
    const answer = findAnswer(all, one)
    const value: unknown = await (typeof answer === 'function' ? (answer as (one: Asked) => Answer)(one) : answer)
    return value instanceof Response ? value.clone() : Response.json(value)
  }
  globalThis.fetch = answerTo as typeof fetch
  await startI18n('en')
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.setQueryData(['me'], me)
  // jsdom goes over every rule whenever a test asks what can be seen. These two sheets decide nothing
  // of that here: colours and sizes, and classes for widths of the window, which jsdom does not know.
  render(
    <MantineProvider env="test" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <Notifications />
        {page}
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { asked, of: (method: string) => asked.filter((one) => one.method === method) }
}

function findAnswer(answers: Answers, { method, path }: Asked): Answer {
  const found = Object.entries(answers).find(([key]) => {
    const pattern = key.replaceAll('*', '[^/]+')
    return new RegExp(`^${pattern}$`).test(`${method} ${path}`)
  })
  if (!found) throw new Error(`The test has no answer to ${method} ${path}.`)
  return found[1]
}

interface States {
  page: ReactNode
  /** What the page needs beside the list. */
  answers?: Answers
  /** The list's request. */
  list: string
  empty?: { answer: unknown; shows: string }
}

/** The four states of a list that hold nothing: loading, empty, failed, not allowed. */
export function testStates(name: string, { page, answers = {}, list, empty }: States) {
  describe(`${name} shows that`, () => {
    const show = (answer: Answer) => showPage(page, { answers: { ...answers, [list]: answer } })
    test('it is loading', async () => {
      await show(never)
      expect(await screen.findByRole('status', { name: 'Loading' })).toBeVisible()
    })
    test('it failed, with a way to try again', async () => {
      await show(failure(422, 'internal_error'))
      expect(await screen.findByRole('alert')).toHaveTextContent('The server had a problem')
      expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
    })
    test('one may not see it', async () => {
      await show(failure(403, 'forbidden'))
      expect(await screen.findByText('You may not see this')).toBeVisible()
    })
    if (!empty) return
    test('there is nothing', async () => {
      await show(empty.answer)
      expect(await screen.findByText(empty.shows)).toBeVisible()
    })
  })
}

const realFetch = globalThis.fetch
afterEach(() => {
  cleanup()
  notifications.clean()
  clearSession()
  globalThis.fetch = realFetch
})
