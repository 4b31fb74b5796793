// The frame around operators' pages, which cannot be mistaken for a workspace's: a mark on every page,
// a menu of its own, a session of its own.
import { AppShell, Badge, Burger, Group, NavLink, Text, ThemeIcon } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconShieldCog } from '@tabler/icons-react'
import { QueryClientProvider } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import { OperatorMenu } from '@/app/operator_menu'
import { operatorPages } from '@/app/operator_pages'
import styles from '@/app/operator_shell.module.css'
import { paths } from '@/config/paths'
import { getOperator, operatorClient, subscribe } from '@/features/operator/session'

const menuWidth = 220
const productName = 'wApi'

export function OperatorShell() {
  const { t } = useTranslation(['operator', 'app'])
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const session = useOperatorEnd()
  useEffect(close, [pathname, close])
  if (!session) return null // on the way to the login
  return (
    <QueryClientProvider client={operatorClient}>
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: menuWidth, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      >
        <AppShell.Header className={styles.header}>
          <Group h="100%" px="md" gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} size="sm" hiddenFrom="sm" aria-label={t('app:menu.toggle')} />
            <ThemeIcon color="yellow.4" autoContrast size={30} radius="md" visibleFrom="xs">
              <IconShieldCog size={18} aria-hidden />
            </ThemeIcon>
            <Text fw={700} visibleFrom="xs">
              {productName}
            </Text>
            <Badge color="yellow.4" autoContrast size="lg" style={{ flexShrink: 0 }}>
              {t('mark')}
            </Badge>
            <div style={{ flex: 1, minWidth: 0 }} />
            <OperatorMenu who={session.operator} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t('app:menu.name')}>
          {operatorPages.map(({ path, label, icon: Icon }) => {
            const active = pathname === path || pathname.startsWith(`${path}/`)
            return (
              <NavLink
                key={path}
                component={Link}
                to={path}
                label={t(`menu.${label}`)}
                leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
                active={active}
                aria-current={active ? 'page' : undefined}
              />
            )
          })}
        </AppShell.Navbar>
        <AppShell.Main>
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </QueryClientProvider>
  )
}

/** The session, and the way to the login when it ends under an open page. */
function useOperatorEnd() {
  const session = useSyncExternalStore(subscribe, getOperator)
  const router = useRouter()
  const ended = session === null
  useEffect(() => {
    if (ended) void router.navigate({ to: paths.operatorLogin, search: { next: router.state.location.href } })
  }, [ended, router])
  return session
}
