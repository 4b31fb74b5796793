// Who one is and where: switching the workspace, colours, language, logging out.
import { Avatar, Group, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { ColourItems, LanguageItems } from '@/app/display_items'
import { NoticeItems } from '@/app/notice_items'
import { useLogOut } from '@/features/accounts/api/log_out'
import { useMe } from '@/lib/me'

export function PersonMenu() {
  const { t } = useTranslation('app')
  const { data: me } = useMe()
  const logOut = useLogOut()
  if (!me) return null
  return (
    <Menu width={240} position="bottom-start">
      <Menu.Target>
        <UnstyledButton p="xs" w="100%" aria-label={t('person.open', { name: me.user.name })}>
          <Group gap="sm" wrap="nowrap">
            <Avatar name={me.user.name} color="brand" size={34} radius="md" aria-hidden />
            <div style={{ minWidth: 0, flex: 1 }}>
              <Text size="sm" fw={600} truncate>
                {me.workspace.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {me.user.name}
              </Text>
            </div>
            <IconChevronDown size={16} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.user.email}</Menu.Label>
        <ColourItems />
        <NoticeItems />
        <LanguageItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => logOut.mutate()}>
          {t('person.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
