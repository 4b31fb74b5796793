import { NavLink, Text } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { isMenuEntry, menuSections, pages, type MenuEntry, type MenuSection } from '@/app/pages'
import { useMe } from '@/lib/me'

export function Menu() {
  const { data: me } = useMe()
  const entries = pages
    .filter(isMenuEntry)
    .filter(({ permission }) => !permission || me?.permissions.includes(permission))
  return menuSections.map((section) => (
    <Section key={section} section={section} entries={entries.filter(({ menu }) => menu.section === section)} />
  ))
}

function Section({ section, entries }: { section: MenuSection; entries: MenuEntry[] }) {
  const { t } = useTranslation('app')
  const { pathname } = useLocation()
  if (entries.length === 0) return null
  return (
    <>
      {section === 'work' ? null : (
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="md" pb={4}>
          {t(`menu.sections.${section}`)}
        </Text>
      )}
      {entries.map(({ path, menu }) => {
        const active = pathname === path || pathname.startsWith(`${path}/`)
        return (
          <NavLink
            key={path}
            component={Link}
            to={path}
            label={t(`menu.${menu.label}`)}
            leftSection={<menu.icon size={18} stroke={1.6} aria-hidden />}
            active={active}
            aria-current={active ? 'page' : undefined}
          />
        )
      })}
    </>
  )
}
