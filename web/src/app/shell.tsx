// The frame around every page: menu at the side, a bar with a drawer on a phone.
import { AppShell, Box, Burger, Group, ScrollArea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useMatches, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { ConnectionMark } from '@/app/connection_mark'
import { Menu } from '@/app/menu'
import { PersonMenu } from '@/app/person_menu'
import classes from '@/app/shell.module.css'
import { SuspendedNotice } from '@/app/suspended_notice'
import { useSessionEnd } from '@/app/use_session_end'
import { OwnLine } from '@/components/own_line'
import { ForbiddenState } from '@/components/states'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

const menuWidth = 232
// Nobody waits for them: keys and live events work a moment after the page.
const Keyboard = lazy(async () => ({ default: (await import('@/app/keyboard')).Keyboard }))
const LiveEvents = lazy(async () => ({ default: (await import('@/app/live_events')).LiveEvents }))

export function Shell() {
  const { t } = useTranslation('app')
  const [opened, { toggle, close }] = useDisclosure()
  const matches = useMatches()
  const here = matches.at(-1)
  const allowed = useAllowed(here?.staticData.permission)
  const { data: me } = useMe()
  useSessionEnd()
  useEffect(close, [here?.pathname, close])
  const navigate = useNavigate()
  // The drawer has covered the page, which may show something else on a phone.
  const showChosen = (path: string) => {
    if (!opened) return
    close()
    void navigate({ to: path })
  }

  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: menuWidth, breakpoint: 'sm', collapsed: { mobile: !opened } }}
    >
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" gap="sm">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={t('menu.toggle')} />
          <OwnLine fw={600}>{me?.workspace.name ?? ''}</OwnLine>
          <Box ms="auto">
            <ConnectionMark />
          </Box>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className={classes.menu} data-opened={opened} aria-label={t('menu.name')}>
        <AppShell.Section>
          <PersonMenu />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} my="xs">
          <Menu onChosen={showChosen} />
        </AppShell.Section>
        <AppShell.Section visibleFrom="sm">
          <ConnectionMark />
        </AppShell.Section>
      </AppShell.Navbar>
      <Suspense>
        <Keyboard />
        <LiveEvents />
      </Suspense>
      <AppShell.Main>
        <SuspendedNotice />
        {allowed ? <Outlet /> : <ForbiddenState />}
      </AppShell.Main>
    </AppShell>
  )
}
