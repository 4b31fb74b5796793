import { queryOptions } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { operatorApi } from '@/features/operator/api/client'
import { refreshMs } from '@/features/queues'
import { take } from '@/lib/api'

export type Health = components['schemas']['Health']

/** A server that is not well answers 503 and says what it is. Anybody may ask. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }): Promise<Health> => {
    const asked = operatorApi.GET('/api/v1/health', { signal })
    const unwell: unknown = await asked.then(({ error }) => error).catch(() => undefined)
    return isHealth(unwell) ? unwell : take(asked)
  },
  refetchInterval: refreshMs,
})

const isHealth = (answer: unknown): answer is Health =>
  typeof answer === 'object' && answer !== null && 'version' in answer
