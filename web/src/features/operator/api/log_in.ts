import { useMutation } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { operatorApi } from '@/features/operator/api/client'
import { operatorClient, setOperator } from '@/features/operator/session'
import { take } from '@/lib/api'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export const useOperatorLogIn = () =>
  useMutation({
    mutationFn: async (body: components['schemas']['OperatorLogIn']) =>
      setOperator(await take(operatorApi.POST('/api/v1/operator/login', { body }))),
  })

/** The server is told first: it alone can end the token. The page goes whatever it answers. */
export function useOperatorLogOut() {
  const notifyFailure = useNotifyFailure()
  return useMutation({
    mutationFn: async () => {
      await operatorClient.cancelQueries()
      await take(operatorApi.POST('/api/v1/operator/logout', { keepalive: true }))
    },
    onError: notifyFailure,
    onSettled: () => setOperator(null),
  })
}
