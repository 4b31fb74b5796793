// What one member may do otherwise than their role says.
import { Fieldset, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { Permission } from '@/api/generated/permissions'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { permissionsByArea } from '@/components/permissions/areas'
import { useChangeOverrides } from '@/features/team/api/members'
import type { MemberDialogProps } from '@/features/team/components/member_dialog'
import { choiceOf, withChoice, type OverrideChoice } from '@/features/team/rules'
import { useMe } from '@/lib/me'

export function OverridesDialog({ member, onClose }: MemberDialogProps) {
  const { t } = useTranslation(['team', 'permissions', 'components'])
  const { data: me } = useMe()
  const [overrides, setOverrides] = useState(member.overrides)
  const change = useChangeOverrides(member.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(overrides, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('overrides.of', { name: member.name })} size="lg" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('overrides.about')}
          </Text>
          {permissionsByArea.map(({ area, permissions }) => (
            <Fieldset key={area} legend={t(`permissions:areas.${area}`)} p="sm">
              <Stack gap="sm">
                {permissions.map((name) => (
                  <OverrideLine
                    key={name}
                    name={name}
                    choice={choiceOf(overrides, name)}
                    mayGrant={me?.permissions.includes(name) ?? false}
                    onChange={(choice) => setOverrides(withChoice(overrides, name, choice))}
                  />
                ))}
              </Stack>
            </Fieldset>
          ))}
          <DialogButtons act={t('components:save')} pending={change.isPending} failure={change.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

interface OverrideLineProps {
  name: Permission
  choice: OverrideChoice
  mayGrant: boolean
  onChange: (choice: OverrideChoice) => void
}

const choices: OverrideChoice[] = ['asRole', 'grant', 'deny']

function OverrideLine({ name, choice, mayGrant, onChange }: OverrideLineProps) {
  const { t } = useTranslation(['team', 'permissions'])
  const choose = (value: string) => onChange(choices.find((known) => known === value) ?? 'asRole')
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <div>
        <Text size="sm" fw={choice === 'asRole' ? 400 : 600}>
          {t(`permissions:${name}.name`)}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`permissions:${name}.about`)}
        </Text>
      </div>
      <NativeSelect
        size="xs"
        miw={120}
        aria-label={t(`permissions:${name}.name`)}
        {...(choice === 'asRole' ? { variant: 'filled' } : {})}
        data={choices
          .filter((value) => value !== 'grant' || mayGrant || choice === 'grant')
          .map((value) => ({ value, label: t(`overrides.${value}`) }))}
        value={choice}
        onChange={(event) => choose(event.currentTarget.value)}
      />
    </Group>
  )
}
