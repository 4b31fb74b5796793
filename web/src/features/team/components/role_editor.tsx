// The matrix of roles and permissions, on a phone one role at a time, and the bar that saves ticks.
import { Button, Group, Paper, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { FailureAlert } from '@/components/failure_alert'
import { useEditRoles } from '@/features/team/api/roles'
import { RoleMatrix } from '@/features/team/components/role_matrix'
import { RoleSheet } from '@/features/team/components/role_sheet'
import { countChanges, editsOf, withTick, type RoleDraft } from '@/features/team/role_draft'

type Role = components['schemas']['Role']

const nothing: RoleDraft = new Map()

export function RoleEditor({ roles }: { roles: Role[] }) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const [draft, setDraft] = useState(nothing)
  const View = narrow ? RoleSheet : RoleMatrix
  return (
    <>
      <View roles={roles} draft={draft} onTick={(role, name, on) => setDraft(withTick(draft, role, name, on))} />
      <SaveBar roles={roles} draft={draft} onEnd={() => setDraft(nothing)} />
    </>
  )
}

interface SaveBarProps {
  roles: Role[]
  draft: RoleDraft
  onEnd: () => void
}

function SaveBar({ roles, draft, onEnd }: SaveBarProps) {
  const { t } = useTranslation(['team', 'components'])
  const edit = useEditRoles()
  const count = countChanges(draft, roles)
  if (count === 0) return null
  const save = () => edit.mutate(editsOf(draft, roles), { onSuccess: onEnd })
  return (
    <Paper withBorder shadow="md" p="sm" mt="md" pos="sticky" bottom={12} style={{ zIndex: 3 }}>
      <FailureAlert failure={edit.error} />
      <Group justify="space-between" gap="xs">
        <Text size="sm" role="status">
          {t('roles.changes', { count })}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onEnd}>
            {t('roles.discard')}
          </Button>
          <Button loading={edit.isPending} onClick={save}>
            {t('components:save')}
          </Button>
        </Group>
      </Group>
    </Paper>
  )
}
