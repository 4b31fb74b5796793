// The operators' way to the server: their token and no cookie, whatever member is logged in beside.
import createClient, { type Middleware } from 'openapi-fetch'

import type { paths } from '@/api/generated/openapi'
import { getOperator, setOperator } from '@/features/operator/session'

const authenticate: Middleware = {
  onRequest({ request }) {
    const session = getOperator()
    if (session) request.headers.set('Authorization', `Bearer ${session.token}`)
    return request
  },
  onResponse({ request, response }) {
    // Ended elsewhere, or the operator is one no more. A login that is refused is another matter.
    const sent = request.headers.get('Authorization')
    if (response.status === 401 && sent && sent === `Bearer ${getOperator()?.token ?? ''}`) setOperator(null)
    return undefined
  },
}

export const operatorApi = createClient<paths>({
  baseUrl: '',
  credentials: 'omit',
  fetch: (request) => fetch(request),
})
operatorApi.use(authenticate)
