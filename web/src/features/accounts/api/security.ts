// One's own password, second factor and sessions.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/auth/sessions', { signal })),
})

export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: ({ signal }) => take(api.GET('/api/v1/auth/second-factor', { signal })),
})

export const useChangePassword = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['PasswordChange']) => take(api.POST('/api/v1/auth/password', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

export const useEndSession = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

export const useEndOtherSessions = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/logout-all', { body: { keepCurrent: true } })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
}

export const useEnrolSecondFactor = () =>
  useMutation({
    mutationFn: (body: Schemas['SecondFactorEnrolment']) => take(api.POST('/api/v1/auth/second-factor/enrol', { body })),
  })

export const useConfirmSecondFactor = () =>
  useMutation({
    mutationFn: (body: Schemas['SecondFactorCode']) => take(api.POST('/api/v1/auth/second-factor/confirm', { body })),
  })

export const useDisableSecondFactor = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['SecondFactorProof']) => take(api.POST('/api/v1/auth/second-factor/disable', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: secondFactorQuery.queryKey }),
  })
}
