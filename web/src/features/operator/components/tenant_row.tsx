import { Badge, Group, Menu, Text } from '@mantine/core'
import { IconAdjustments, IconPlayerPause, IconPlayerPlay, IconStack2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { RowMenu } from '@/components/row_menu'
import { TimeText } from '@/components/time_text'
import { lettersPath } from '@/config/paths'
import type { Tenant } from '@/features/operator/api/workspaces'
import styles from '@/features/operator/components/tenant_list.module.css'

export type TenantAct = 'change' | 'suspend' | 'resume'

export function TenantRow({ tenant, onAct }: { tenant: Tenant; onAct: (act: TenantAct) => void }) {
  const { t, i18n } = useTranslation(['operator', 'workspace'])
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <li className={styles.row}>
      <div className={styles.name}>
        <Group gap={6}>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            <bdi>{tenant.name}</bdi>
          </Text>
          {tenant.suspendedAt ? (
            <Badge color="red" variant="light" size="sm">
              {t('workspaces.suspended')}
            </Badge>
          ) : null}
        </Group>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{tenant.id}</bdi>
        </Text>
        {tenant.suspendedAt ? (
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            <bdi>{tenant.suspendedReason}</bdi> · <TimeText at={tenant.suspendedAt} />
          </Text>
        ) : null}
      </div>
      <Cell label={t('workspaces.plan')}>{t(`workspace:plan.names.${tenant.plan}`)}</Cell>
      <Cell label={t('workspaces.perMinute')}>
        {number.format(tenant.requestsPerMinute)}
        {tenant.ownLimit === null ? null : (
          <Text span size="xs" c="dimmed">
            {' '}
            {t('workspaces.own')}
          </Text>
        )}
      </Cell>
      <Cell label={t('workspaces.members')}>{number.format(tenant.members)}</Cell>
      <Cell label={t('workspaces.numbers')}>{number.format(tenant.numbers)}</Cell>
      <Cell label={t('workspaces.created')}>
        <TimeText at={tenant.createdAt} />
      </Cell>
      <div className={styles.menu}>
        <Acts tenant={tenant} onAct={onAct} />
      </div>
    </li>
  )
}

function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.figure}>
      <span className={styles.label}>{label}: </span>
      {children}
    </div>
  )
}

function Acts({ tenant, onAct }: { tenant: Tenant; onAct: (act: TenantAct) => void }) {
  const { t } = useTranslation('operator')
  return (
    <RowMenu name={tenant.name}>
      <Menu.Item leftSection={<IconAdjustments size={16} aria-hidden />} onClick={() => onAct('change')}>
        {t('change.open')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconStack2 size={16} aria-hidden />}
        component={Link}
        to={lettersPath(tenant.id)}
      >
        {t('letters.open')}
      </Menu.Item>
      <Menu.Divider />
      {tenant.suspendedAt ? (
        <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => onAct('resume')}>
          {t('resume.open')}
        </Menu.Item>
      ) : (
        <Menu.Item color="var(--mantine-color-error)" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => onAct('suspend')}>
          {t('suspend.open')}
        </Menu.Item>
      )}
    </RowMenu>
  )
}
