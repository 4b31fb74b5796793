import { useMutation } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { setSession } from '@/lib/session'

type Schemas = components['schemas']

/** Null when logged in; else the challenge that a code of the second factor answers. */
export const useLogIn = () =>
  useMutation({
    mutationFn: async (body: Schemas['LogIn']): Promise<Schemas['Challenge'] | null> => {
      const answer = await take(api.POST('/api/v1/auth/login', { body }))
      if ('challengeToken' in answer) return answer
      setSession(answer)
      return null
    },
  })

export const useSecondFactorLogIn = () =>
  useMutation({
    mutationFn: async (body: Schemas['LogInSecondFactor']) =>
      setSession(await take(api.POST('/api/v1/auth/login/second-factor', { body }))),
  })
