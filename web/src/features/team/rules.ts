// What the server would refuse and the page therefore does not offer. The server decides.
import type { components } from '@/api/generated/openapi'
import type { Permission } from '@/api/generated/permissions'

type Schemas = components['schemas']
type Actor = Pick<Schemas['Me'], 'role' | 'permissions'>

const ownerRole = 'owner'

const within = (part: Permission[], whole: Permission[]) => part.every((name) => whole.includes(name))

export const isOwner = (member: Pick<Schemas['Member'], 'role'>) => member.role === ownerRole

/** Nobody changes who has more than they have; only owners change owners. */
export const mayChangeMember = (actor: Actor, member: Schemas['Member']) =>
  within(member.permissions, actor.permissions) && (actor.role === ownerRole || !isOwner(member))

export const mayGiveRole = (actor: Actor, role: Schemas['Role']) =>
  within(role.permissions, actor.permissions) && (actor.role === ownerRole || role.id !== ownerRole)

export const mayEditRole = (actor: Actor, role: Schemas['Role']) =>
  !role.builtIn && within(role.permissions, actor.permissions)

/** What the member may do by the role alone is what is left when neither granted nor denied. */
export type OverrideChoice = 'asRole' | 'grant' | 'deny'

export function choiceOf(overrides: Schemas['Overrides'], name: Permission): OverrideChoice {
  if (overrides.deny.includes(name)) return 'deny'
  return overrides.grant.includes(name) ? 'grant' : 'asRole'
}

export function withChoice(overrides: Schemas['Overrides'], name: Permission, choice: OverrideChoice) {
  const grant = overrides.grant.filter((other) => other !== name)
  const deny = overrides.deny.filter((other) => other !== name)
  return {
    grant: choice === 'grant' ? [...grant, name] : grant,
    deny: choice === 'deny' ? [...deny, name] : deny,
  }
}
