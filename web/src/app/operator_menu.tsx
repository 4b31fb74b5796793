import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { ColourItems, LanguageItems } from '@/app/display_items'
import { useOperatorLogOut } from '@/features/operator/api/log_in'

export function OperatorMenu({ who }: { who: components['schemas']['Operator'] }) {
  const { t } = useTranslation('app')
  const logOut = useOperatorLogOut()
  const name = who.name || who.email
  return (
    <Menu width={240} position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          aria-label={t('person.open', { name })}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          maw={200}
          style={{ flexShrink: 1, minWidth: 0 }}
          loading={logOut.isPending}
        >
          <bdi>{name}</bdi>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{who.email}</Menu.Label>
        <ColourItems />
        <LanguageItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => logOut.mutate()}>
          {t('person.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
