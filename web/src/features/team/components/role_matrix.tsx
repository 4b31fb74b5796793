// Permissions down, roles across. Heading and names stay in sight while one scrolls.
import { Group, Text } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'

import { permissionsByArea } from '@/components/permissions/areas'
import { useRoleName } from '@/components/permissions/role_name'
import styles from '@/features/team/components/role_matrix.module.css'
import { RoleMenu } from '@/features/team/components/role_menu'
import { RoleTick } from '@/features/team/components/role_tick'
import type { RoleViewProps } from '@/features/team/components/role_view'

export function RoleMatrix({ roles, draft, onTick }: RoleViewProps) {
  const { t } = useTranslation(['team', 'permissions'])
  const roleName = useRoleName()
  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label={t('roles.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.name}>
              {t('roles.permission')}
            </th>
            {roles.map((role) => (
              <th key={role.id} scope="col" className={styles.cell}>
                <Group gap={2} justify="center" wrap="nowrap" mih={28}>
                  <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                    <bdi>{roleName(role.id, role.name)}</bdi>
                  </Text>
                  <RoleMenu role={role} />
                </Group>
                <Text size="xs" c="dimmed">
                  {t('roles.members', { count: role.members })}
                </Text>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissionsByArea.map(({ area, permissions }) => (
            <Fragment key={area}>
              <tr>
                <th scope="colgroup" colSpan={roles.length + 1} className={styles.area}>
                  <span>{t(`permissions:areas.${area}`)}</span>
                </th>
              </tr>
              {permissions.map((name) => (
                <tr key={name}>
                  <th scope="row" className={styles.name}>
                    <Text size="sm">{t(`permissions:${name}.name`)}</Text>
                    <Text size="xs" c="dimmed">
                      {t(`permissions:${name}.about`)}
                    </Text>
                  </th>
                  {roles.map((role) => (
                    <td key={role.id} className={styles.cell}>
                      <RoleTick role={role} name={name} draft={draft} onTick={onTick} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}
