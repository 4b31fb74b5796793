// Ticks in the matrix that are not saved: per role the permissions that it will have.
import type { components } from '@/api/generated/openapi'
import type { Permission } from '@/api/generated/permissions'
import type { RoleEdit } from '@/features/team/api/roles'

type Role = Pick<components['schemas']['Role'], 'id' | 'permissions'>

export type RoleDraft = ReadonlyMap<string, Permission[]>

export const permissionsOf = (draft: RoleDraft, role: Role) => draft.get(role.id) ?? role.permissions

export function withTick(draft: RoleDraft, role: Role, name: Permission, on: boolean): RoleDraft {
  const others = permissionsOf(draft, role).filter((other) => other !== name)
  return new Map(draft).set(role.id, on ? [...others, name] : others)
}

const difference = (role: Role, after: Permission[]) =>
  after.filter((name) => !role.permissions.includes(name)).length +
  role.permissions.filter((name) => !after.includes(name)).length

/** How many ticks differ from what is stored. */
export const countChanges = (draft: RoleDraft, roles: Role[]) =>
  roles.reduce((sum, role) => sum + difference(role, permissionsOf(draft, role)), 0)

export const editsOf = (draft: RoleDraft, roles: Role[]): RoleEdit[] =>
  roles
    .filter((role) => difference(role, permissionsOf(draft, role)) > 0)
    .map((role) => ({ id: role.id, permissions: permissionsOf(draft, role) }))
