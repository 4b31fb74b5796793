import type { components } from '@/api/generated/openapi'

/** What each dialog about one member takes. */
export interface MemberDialogProps {
  member: components['schemas']['Member']
  onClose: () => void
}
