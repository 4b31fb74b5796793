import { NavLink, Text } from '@mantine/core'
import { Link, useMatchRoute } from '@tanstack/react-router'
import { Fragment, Suspense } from 'react'
import { useTranslation } from 'react-i18next'

import { isMenuEntry, menuSections, pages, type MenuEntry, type MenuSection } from '@/app/pages'
import { useMe } from '@/lib/me'

interface MenuProps {
  /** Something below the entry of the page at `path` was chosen, which it shows. */
  onChosen: (path: string) => void
}

export function Menu({ onChosen }: MenuProps) {
  const { data: me } = useMe()
  const entries = pages
    .filter(isMenuEntry)
    .filter(({ permission }) => !permission || me?.permissions.includes(permission))
  return menuSections.map((section) => (
    <Section key={section} section={section} onChosen={onChosen} entries={entries.filter(({ menu }) => menu.section === section)} />
  ))
}

function Section({ section, entries, onChosen }: MenuProps & { section: MenuSection; entries: MenuEntry[] }) {
  const { t } = useTranslation('app')
  const matches = useMatchRoute()
  if (entries.length === 0) return null
  return (
    <>
      {section === 'work' ? null : (
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="md" pb={4}>
          {t(`menu.sections.${section}`)}
        </Text>
      )}
      {entries.map(({ path, menu }) => {
        const active = Boolean(matches({ to: path, fuzzy: true }))
        return (
          <Fragment key={path}>
            <NavLink
              component={Link}
              to={path}
              label={t(`menu.${menu.label}`)}
              leftSection={<menu.icon size={18} stroke={1.6} aria-hidden />}
              active={active}
              aria-current={active ? 'page' : undefined}
            />
            {active && menu.below ? (
              <Suspense>
                <menu.below onChoose={() => onChosen(path)} />
              </Suspense>
            ) : null}
          </Fragment>
        )
      })}
    </>
  )
}
