// Every page: address, permission, chunk, place in the menu. Router, menu and the browser tests that
// walk all pages are made from these tables, so that none knows a page the others do not.
import {
  IconAddressBook,
  IconAdjustments,
  IconChartBar,
  IconHistory,
  IconInbox,
  IconKey,
  IconPhone,
  IconShieldCheck,
  IconShieldLock,
  IconStack2,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { lazy, type ComponentType } from 'react'

import type { Permission } from '@/api/generated/permissions'
import { paths } from '@/config/paths'

export const menuSections = ['work', 'settings', 'account'] as const
export type MenuSection = (typeof menuSections)[number]

export interface MenuPlace {
  section: MenuSection
  label:
    | 'inbox'
    | 'contacts'
    | 'overview'
    | 'numbers'
    | 'team'
    | 'roles'
    | 'apiKeys'
    | 'workspace'
    | 'queues'
    | 'auditLog'
    | 'security'
  icon: Icon
  /** What the menu shows below the entry while its page is open. */
  below?: ComponentType<{ onChoose: () => void }>
}

export interface PageEntry {
  path: string
  /** Name of a last part that the address may have: what is open in the page, which stays mounted. */
  opened?: string
  /** Without it the page says that one may not see it, and the menu leaves it out. */
  permission?: Permission
  load: () => Promise<ComponentType>
  menu?: MenuPlace
}

export type MenuEntry = PageEntry & { menu: MenuPlace }
export const isMenuEntry = (page: PageEntry): page is MenuEntry => page.menu !== undefined

const InboxFolders = lazy(async () => ({ default: (await import('@/features/inbox/components/folders')).Folders }))

// For people who are logged in. The first that a person may see is where the console begins.
export const pages: PageEntry[] = [
  {
    path: paths.inbox,
    opened: 'conversationId',
    permission: 'viewContacts',
    load: async () => (await import('@/features/inbox/pages/inbox_page')).InboxPage,
    menu: { section: 'work', label: 'inbox', icon: IconInbox, below: InboxFolders },
  },
  {
    path: paths.contacts,
    permission: 'viewContacts',
    load: async () => (await import('@/features/contacts/pages/contacts_page')).ContactsPage,
    menu: { section: 'work', label: 'contacts', icon: IconAddressBook },
  },
  {
    path: paths.contact,
    permission: 'viewContacts',
    load: async () => (await import('@/features/contacts/pages/contact_page')).ContactPage,
  },
  {
    path: paths.contactImports,
    permission: 'importContacts',
    load: async () => (await import('@/features/contact_imports/pages/imports_page')).ImportsPage,
  },
  {
    path: paths.contactImport,
    permission: 'importContacts',
    load: async () => (await import('@/features/contact_imports/pages/import_page')).ImportPage,
  },
  {
    path: paths.overview,
    permission: 'viewAnalytics',
    load: async () => (await import('@/features/overview/pages/overview_page')).OverviewPage,
    menu: { section: 'work', label: 'overview', icon: IconChartBar },
  },
  {
    path: paths.numbers,
    permission: 'manageIntegrations',
    load: async () => (await import('@/features/numbers/pages/numbers_page')).NumbersPage,
    menu: { section: 'settings', label: 'numbers', icon: IconPhone },
  },
  {
    path: paths.team,
    permission: 'manageTeam',
    load: async () => (await import('@/features/team/pages/team_page')).TeamPage,
    menu: { section: 'settings', label: 'team', icon: IconUsers },
  },
  {
    path: paths.roles,
    permission: 'manageTeam',
    load: async () => (await import('@/features/team/pages/roles_page')).RolesPage,
    menu: { section: 'settings', label: 'roles', icon: IconShieldCheck },
  },
  {
    path: paths.apiKeys,
    permission: 'manageIntegrations',
    load: async () => (await import('@/features/api_keys/pages/api_keys_page')).ApiKeysPage,
    menu: { section: 'settings', label: 'apiKeys', icon: IconKey },
  },
  {
    path: paths.workspace,
    permission: 'manageIntegrations',
    load: async () => (await import('@/features/workspace/pages/workspace_page')).WorkspacePage,
    menu: { section: 'settings', label: 'workspace', icon: IconAdjustments },
  },
  {
    path: paths.queues,
    permission: 'manageWebhooks',
    load: async () => (await import('@/features/queues/pages/queues_page')).QueuesPage,
    menu: { section: 'settings', label: 'queues', icon: IconStack2 },
  },
  {
    path: paths.auditLog,
    permission: 'viewAuditLogs',
    load: async () => (await import('@/features/audit_log/pages/audit_log_page')).AuditLogPage,
    menu: { section: 'settings', label: 'auditLog', icon: IconHistory },
  },
  {
    path: paths.security,
    load: async () => (await import('@/features/accounts/pages/security_page')).SecurityPage,
    menu: { section: 'account', label: 'security', icon: IconShieldLock },
  },
]

/** For people who are not logged in, or need not be. */
export const guestPages: Pick<PageEntry, 'path' | 'load'>[] = [
  {
    path: paths.login,
    load: async () => (await import('@/features/accounts/pages/login_page')).LoginPage,
  },
  {
    path: paths.signup,
    load: async () => (await import('@/features/accounts/pages/signup_page')).SignupPage,
  },
  {
    path: paths.forgotPassword,
    load: async () => (await import('@/features/accounts/pages/forgot_password_page')).ForgotPasswordPage,
  },
  {
    path: paths.resetPassword,
    load: async () => (await import('@/features/accounts/pages/reset_password_page')).ResetPasswordPage,
  },
  {
    path: paths.verifyEmail,
    load: async () => (await import('@/features/accounts/pages/verify_email_page')).VerifyEmailPage,
  },
  {
    path: paths.acceptInvite,
    load: async () => (await import('@/features/accounts/pages/accept_invite_page')).AcceptInvitePage,
  },
  {
    path: paths.operatorLogin,
    load: async () => (await import('@/features/operator/pages/operator_login_page')).OperatorLoginPage,
  },
]
