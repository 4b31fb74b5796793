// The roles that one may give.
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { useRoleName } from '@/components/permissions/role_name'
import { rolesQuery } from '@/features/team/api/roles'
import { mayGiveRole } from '@/features/team/rules'
import { useMe } from '@/lib/me'

interface RoleSelectProps {
  label: string
  value: string
  onChange: (role: string) => void
}

export function RoleSelect({ label, value, onChange }: RoleSelectProps) {
  const roleName = useRoleName()
  const { data: me } = useMe()
  const { data: roles = [] } = useQuery(rolesQuery)
  const offered = roles.filter((role) => role.id === value || (me !== undefined && mayGiveRole(me, role)))
  return (
    <NativeSelect
      label={label}
      data={offered.map(({ id, name }) => ({ value: id, label: roleName(id, name) }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
