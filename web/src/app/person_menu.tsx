// Who one is and where: switching the workspace, colours, language, logging out.
import { Avatar, Group, Menu, Text, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconCheck, IconChevronDown, IconLogout } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useLogOut } from '@/features/accounts/api/log_out'
import { changeLanguage, isLanguage, languages } from '@/lib/i18n'
import { useMe } from '@/lib/me'

const schemes: MantineColorScheme[] = ['auto', 'light', 'dark']
const chosenMark = <IconCheck size={14} aria-hidden />

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
        <LanguageItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => logOut.mutate()}>
          {t('person.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ColourItems() {
  const { t } = useTranslation('app')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('person.colours')}</Menu.Label>
      {schemes.map((scheme) => (
        <Menu.Item
          key={scheme}
          onClick={() => setColorScheme(scheme)}
          rightSection={scheme === colorScheme ? chosenMark : null}
        >
          {t(`person.scheme.${scheme}`)}
        </Menu.Item>
      ))}
    </>
  )
}

function LanguageItems() {
  const { t, i18n } = useTranslation('app')
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('person.language')}</Menu.Label>
      {Object.entries(languages).map(([tag, name]) => (
        <Menu.Item
          key={tag}
          lang={tag}
          onClick={() => (isLanguage(tag) ? void changeLanguage(tag) : undefined)}
          rightSection={tag === i18n.language ? chosenMark : null}
        >
          {name}
        </Menu.Item>
      ))}
    </>
  )
}
