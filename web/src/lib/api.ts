// The one way to the server: typed by the API's description, with a fresh token on each request.
import createClient, { type Middleware } from 'openapi-fetch'

import type { ErrorCode } from '@/api/generated/errors'
import type { paths } from '@/api/generated/openapi'
import { ApiError } from '@/lib/api_error'
import { freshSession, getSession, inTurn, refreshSession } from '@/lib/session'

const publicPaths = /^\/api\/v1\/auth\/(signup|login|logout|password-reset|accept-invite|email-verification\/confirm)(?:\/|$)/

/** Their answers set the cookie by which a session is renewed. */
const cookiePaths = /^\/api\/v1\/auth\/(signup|login|logout)(?:\/|$)/
const isOf = (paths: RegExp, { url }: Request) => paths.test(new URL(url).pathname)

const authenticate: Middleware = {
  async onRequest({ request }) {
    if (isOf(publicPaths, request)) return undefined
    const session = await freshSession()
    if (!session) return notLoggedIn()
    request.headers.set('Authorization', `Bearer ${session.token}`)
    return request
  },
}

/** What the server would say; a page that is about to go asks for nothing it cannot get. */
const notLoggedIn = () => Response.json({ success: false, error: { code: 'session_ended', message: '' } }, { status: 401 })

export const api = createClient<paths>({
  baseUrl: '',
  fetch: sendOnceMore,
})
api.use(authenticate)

/** A token that ended early (a clock that is wrong, a server that restarted) is renewed once. */
async function sendOnceMore(request: Request): Promise<Response> {
  if (isOf(cookiePaths, request)) return inTurn(() => fetch(request))
  const again = request.clone()
  const answer = await fetch(request)
  if (answer.status !== 401 || !getSession() || isOf(publicPaths, request)) return answer
  const session = await refreshSession()
  if (!session) return answer
  again.headers.set('Authorization', `Bearer ${session.token}`)
  return fetch(again)
}

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The answer's data. Throws ApiError, with code `offline` when there was no answer. */
export async function take<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked.catch((failure: unknown) => {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    throw new ApiError('offline', 'No answer from the server.', 0)
  })
  if (response.ok) return data as Data
  const { status, statusText, headers } = response
  throw toApiError(error, { status, statusText, retryAfter: headers.get('Retry-After') })
}

/** For who cannot go by `api`, such as an upload that tells how far it is. */
export function toApiError(body: unknown, answer: { status: number; statusText: string; retryAfter?: string | null }): ApiError {
  const retryAfter = Number(answer.retryAfter) || undefined
  const inner = (body as { error?: { code: ErrorCode; message: string; field?: string; requestId?: string } } | null | undefined)
    ?.error
  if (!inner?.code) return new ApiError('internal_error', answer.statusText, answer.status)
  return new ApiError(inner.code, inner.message, answer.status, inner.field, inner.requestId, retryAfter)
}
