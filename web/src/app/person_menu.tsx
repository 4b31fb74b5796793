// Who one is and where: switching the workspace, colours, language, logging out.
import { Avatar, Group, Menu, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { ColourItems, LanguageItems } from '@/app/display_items'
import { NoticeItems } from '@/app/notice_items'
import { OwnLine } from '@/components/own_line'
import { useLogOut } from '@/features/accounts/api/log_out'
import { useMe } from '@/lib/me'
import { ownOfPerson } from '@/lib/own_storage'

const LogOutDialog = lazy(async () => ({ default: (await import('@/app/log_out_dialog')).LogOutDialog }))

type Me = components['schemas']['Me']

export function PersonMenu() {
  const { data: me } = useMe()
  const logOut = useLogOut()
  const [asking, setAsking] = useState(false)
  if (!me) return null
  const askOrLogOut = () => {
    const written = ownOfPerson('unsent').length + ownOfPerson('draft').length > 0
    if (written) setAsking(true)
    else logOut.mutate()
  }
  return (
    <>
      <PersonItems me={me} onLogOut={askOrLogOut} />
      {asking ? (
        <Suspense>
          <LogOutDialog onLogOut={logOut.mutate} onClose={() => setAsking(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

function PersonItems({ me, onLogOut }: { me: Me; onLogOut: () => void }) {
  const { t } = useTranslation('app')
  return (
    <Menu width={240} position="bottom-start">
      <Menu.Target>
        <UnstyledButton p="xs" w="100%" aria-label={t('person.open', { name: me.user.name })}>
          <Group gap="sm" wrap="nowrap">
            <Avatar name={me.user.name} color="brand" size={34} radius="md" aria-hidden />
            <div style={{ minWidth: 0, flex: 1 }}>
              <OwnLine size="sm" fw={600}>
                {me.workspace.name}
              </OwnLine>
              <OwnLine size="xs" c="dimmed">
                {me.user.name}
              </OwnLine>
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
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={onLogOut}>
          {t('person.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
