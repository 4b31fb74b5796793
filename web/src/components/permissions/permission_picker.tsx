// Choosing permissions, in groups, each with a line that says what it means.
import { Checkbox, Fieldset, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Permission } from '@/api/generated/permissions'
import { permissionsByArea } from '@/components/permissions/areas'

interface PermissionPickerProps {
  /** What may be chosen; others are not shown. */
  offered: Permission[]
  chosen: Permission[]
  onChange: (chosen: Permission[]) => void
}

export function PermissionPicker({ offered, chosen, onChange }: PermissionPickerProps) {
  const { t } = useTranslation('permissions')
  const set = (names: Permission[], on: boolean) => {
    const others = chosen.filter((name) => !names.includes(name))
    onChange(on ? [...others, ...names] : others)
  }
  return (
    <Stack gap="sm">
      {permissionsByArea.map(({ area, permissions }) => {
        const shown = permissions.filter((name) => offered.includes(name))
        if (shown.length === 0) return null
        const on = shown.filter((name) => chosen.includes(name)).length
        const areaName = t(`areas.${area}`)
        return (
          <Fieldset key={area} legend={areaName} p="sm">
            <Stack gap="xs">
              {shown.length > 1 ? (
                <Checkbox
                  label={t('all', { area: areaName })}
                  fw={600}
                  checked={on === shown.length}
                  indeterminate={on > 0 && on < shown.length}
                  onChange={(event) => set(shown, event.currentTarget.checked)}
                />
              ) : null}
              {shown.map((name) => (
                <Checkbox
                  key={name}
                  label={t(`${name}.name`)}
                  description={t(`${name}.about`)}
                  checked={chosen.includes(name)}
                  onChange={(event) => set([name], event.currentTarget.checked)}
                />
              ))}
            </Stack>
          </Fieldset>
        )
      })}
    </Stack>
  )
}
