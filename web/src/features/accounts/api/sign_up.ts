import { useMutation } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'
import { setSession } from '@/lib/session'

export const useSignUp = () =>
  useMutation({
    mutationFn: async (body: components['schemas']['SignUp']) => setSession(await take(api.POST('/api/v1/auth/signup', { body }))),
  })
