// The matrix on a phone: one role at a time.
import { Group, NativeSelect, Paper, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { permissionsByArea } from '@/components/permissions/areas'
import { useRoleName } from '@/components/permissions/role_name'
import { RoleMenu } from '@/features/team/components/role_menu'
import { RoleTick } from '@/features/team/components/role_tick'
import type { RoleViewProps } from '@/features/team/components/role_view'

export function RoleSheet({ roles, draft, onTick }: RoleViewProps) {
  const { t } = useTranslation(['team', 'permissions'])
  const roleName = useRoleName()
  const [chosen, setChosen] = useState('')
  const role = roles.find(({ id }) => id === chosen) ?? roles[0]
  if (!role) return null
  return (
    <Stack>
      <Group align="flex-end" wrap="nowrap">
        <NativeSelect
          label={t('roles.show')}
          description={t('roles.members', { count: role.members })}
          style={{ flex: 1 }}
          data={roles.map(({ id, name }) => ({ value: id, label: roleName(id, name) }))}
          value={role.id}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        <RoleMenu role={role} />
      </Group>
      {permissionsByArea.map(({ area, permissions }) => (
        <Paper key={area} withBorder p="sm" component="section" aria-label={t(`permissions:areas.${area}`)}>
          <Text size="xs" fw={600} c="dimmed" mb="xs">
            {t(`permissions:areas.${area}`)}
          </Text>
          <Stack gap="sm">
            {permissions.map((name) => (
              <Group key={name} justify="space-between" wrap="nowrap" gap="sm">
                <div>
                  <Text size="sm">{t(`permissions:${name}.name`)}</Text>
                  <Text size="xs" c="dimmed">
                    {t(`permissions:${name}.about`)}
                  </Text>
                </div>
                <RoleTick role={role} name={name} draft={draft} onTick={onTick} />
              </Group>
            ))}
          </Stack>
        </Paper>
      ))}
    </Stack>
  )
}
