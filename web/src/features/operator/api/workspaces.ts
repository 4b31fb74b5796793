import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { operatorApi } from '@/features/operator/api/client'
import { take } from '@/lib/api'

type Schemas = components['schemas']
export type Tenant = Schemas['Tenant']

export const states = ['all', 'active', 'suspended'] as const
export type State = (typeof states)[number]
export interface TenantFilter {
  text: string
  state: State
}

const pageSize = 50
const key = ['workspaces'] as const

export const tenantsQuery = ({ text, state }: TenantFilter) =>
  infiniteQueryOptions({
    queryKey: [...key, text, state],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: pageSize,
        ...(pageParam && { cursor: pageParam }),
        ...(text && { q: text }),
        ...(state !== 'all' && { suspended: state === 'suspended' ? ('true' as const) : ('false' as const) }),
      }
      return take(operatorApi.GET('/api/v1/operator/workspaces', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => pages.flatMap((page) => page.workspaces),
  })

function useTenantAct<Wanted>(act: (wanted: Wanted) => Promise<Schemas['TenantAnswer']>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: key }) })
}

const at = (id: string) => ({ params: { path: { id } } })

export const useSuspend = (id: string) =>
  useTenantAct((body: Schemas['Suspension']) =>
    take(operatorApi.POST('/api/v1/operator/workspaces/{id}/suspend', { ...at(id), body })),
  )

export const useResume = (id: string) =>
  useTenantAct(() => take(operatorApi.POST('/api/v1/operator/workspaces/{id}/resume', at(id))))

export const useChangeTenant = (id: string) =>
  useTenantAct((body: Schemas['TenantChange']) =>
    take(operatorApi.PATCH('/api/v1/operator/workspaces/{id}', { ...at(id), body })),
  )
