// Whether a role has a permission: a box to tick where one may change it, else a mark.
import { Center, Checkbox, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconMinus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import type { Permission } from '@/api/generated/permissions'
import { useRoleName } from '@/components/permissions/role_name'
import type { RoleViewProps } from '@/features/team/components/role_view'
import { permissionsOf } from '@/features/team/role_draft'
import { mayEditRole } from '@/features/team/rules'
import { useMe } from '@/lib/me'

interface RoleTickProps extends Pick<RoleViewProps, 'draft' | 'onTick'> {
  role: components['schemas']['Role']
  name: Permission
}

export function RoleTick({ role, name, draft, onTick }: RoleTickProps) {
  const { t } = useTranslation(['team', 'permissions'])
  const roleName = useRoleName()
  const { data: me } = useMe()
  const has = permissionsOf(draft, role).includes(name)
  const mayTick = me !== undefined && mayEditRole(me, role) && me.permissions.includes(name)
  if (!mayTick) {
    return (
      <Center c={has ? 'brand' : 'dimmed'}>
        {has ? <IconCheck size={18} aria-hidden /> : <IconMinus size={14} opacity={0.5} aria-hidden />}
        <VisuallyHidden>{has ? t('roles.allowed') : t('roles.refused')}</VisuallyHidden>
      </Center>
    )
  }
  return (
    <Center>
      <Checkbox
        aria-label={t('roles.cell', {
          role: roleName(role.id, role.name),
          permission: t(`permissions:${name}.name`),
        })}
        checked={has}
        onChange={(event) => onTick(role, name, event.currentTarget.checked)}
      />
    </Center>
  )
}
