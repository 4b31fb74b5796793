// Every page for people who are logged in: address, permission, chunk, place in the menu.
// Router and menu are made from this table, so that neither knows a page the other does not.
import { IconShieldLock, type Icon } from '@tabler/icons-react'
import type { ComponentType } from 'react'

import type { Permission } from '@/api/generated/permissions'
import { paths } from '@/config/paths'

export const menuSections = ['work', 'settings', 'account'] as const
export type MenuSection = (typeof menuSections)[number]

export interface MenuPlace {
  section: MenuSection
  label: 'security'
  icon: Icon
}

export interface PageEntry {
  path: string
  /** Without it the page says that one may not see it, and the menu leaves it out. */
  permission?: Permission
  load: () => Promise<ComponentType>
  menu?: MenuPlace
}

export const pages: PageEntry[] = [
  {
    path: paths.security,
    load: async () => (await import('@/features/accounts/pages/security_page')).SecurityPage,
    menu: { section: 'account', label: 'security', icon: IconShieldLock },
  },
]
