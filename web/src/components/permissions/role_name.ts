// A role's name: of a built-in one in the person's language, else as the workspace calls it.
import { useTranslation } from 'react-i18next'

const builtInRoles = ['owner', 'manager', 'agent', 'viewer'] as const
type BuiltInRole = (typeof builtInRoles)[number]

const isBuiltIn = (id: string): id is BuiltInRole => builtInRoles.some((role) => role === id)

export function useRoleName(): (id: string, name: string) => string {
  const { t } = useTranslation('permissions')
  return (id, name) => (isBuiltIn(id) ? t(`roles.${id}`) : name)
}
