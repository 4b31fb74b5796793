// What the links in mails lead to: a new password, the proof of an address, joining a team.
import { useMutation } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']

export const useRequestPasswordReset = () =>
  useMutation({
    mutationFn: (body: Schemas['PasswordResetRequest']) => take(api.POST('/api/v1/auth/password-reset', { body })),
  })

export const useResetPassword = () =>
  useMutation({
    mutationFn: (body: Schemas['PasswordReset']) => take(api.POST('/api/v1/auth/password-reset/confirm', { body })),
  })

export const useVerifyEmail = () =>
  useMutation({
    mutationFn: (body: Schemas['EmailProof']) => take(api.POST('/api/v1/auth/email-verification/confirm', { body })),
  })

export const useAcceptInvite = () =>
  useMutation({
    mutationFn: (body: Schemas['InviteAnswer']) => take(api.POST('/api/v1/auth/accept-invite', { body })),
  })
