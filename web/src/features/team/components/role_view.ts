import type { components } from '@/api/generated/openapi'
import type { Permission } from '@/api/generated/permissions'
import type { RoleDraft } from '@/features/team/role_draft'

type Role = components['schemas']['Role']

/** What both ways of showing the matrix take. */
export interface RoleViewProps {
  roles: Role[]
  draft: RoleDraft
  onTick: (role: Role, name: Permission, on: boolean) => void
}
