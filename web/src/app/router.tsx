// Addresses to pages; which there are is in pages.ts, and for operators in operator_pages.ts.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { ComponentType } from 'react'

import type { Permission } from '@/api/generated/permissions'
import { ErrorPage } from '@/app/error_page'
import { NotFoundPage } from '@/app/not_found_page'
import { operatorPages } from '@/app/operator_pages'
import { guestPages, pages } from '@/app/pages'
import { Shell } from '@/app/shell'
import { LoadingState } from '@/components/states'
import { paths } from '@/config/paths'
import { getOperator } from '@/features/operator/session'
import { meQuery } from '@/lib/me'
import { queryClient } from '@/lib/query_client'
import { freshSession } from '@/lib/session'

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    permission?: Permission
  }
}

const lazyPage = (load: () => Promise<ComponentType>) =>
  lazyRouteComponent(async () => ({ Page: await load() }), 'Page')

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

const guestRoutes = guestPages.map(({ path, load }) =>
  createRoute({ getParentRoute: () => root, path, component: lazyPage(load) }),
)

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await freshSession()
    if (!session) throw redirect({ to: paths.login, search: { next: location.href } })
    await queryClient.ensureQueryData(meQuery)
  },
})

const home = createRoute({
  getParentRoute: () => shell,
  path: paths.home,
  beforeLoad: async () => {
    const { permissions } = await queryClient.ensureQueryData(meQuery)
    const first = pages.find(({ permission }) => !permission || permissions.includes(permission))
    throw redirect({ to: first?.path ?? paths.security, replace: true })
  },
})

const memberRoutes = pages.map(({ path, opened, permission, load }) =>
  createRoute({
    getParentRoute: () => shell,
    path: opened ? `${path}/{-$${opened}}` : path,
    component: lazyPage(load),
    staticData: permission ? { permission } : {},
  }),
)

const operatorShell = createRoute({
  getParentRoute: () => root,
  id: 'operator-shell',
  component: lazyPage(async () => (await import('@/app/operator_shell')).OperatorShell),
  beforeLoad: ({ location }) => {
    if (!getOperator()) throw redirect({ to: paths.operatorLogin, search: { next: location.href } })
  },
})

const operatorHome = createRoute({
  getParentRoute: () => operatorShell,
  path: paths.operator,
  beforeLoad: () => {
    throw redirect({ to: paths.operatorWorkspaces, replace: true })
  },
})

const operatorRoutes = operatorPages.map(({ path, opened, load }) =>
  createRoute({
    getParentRoute: () => operatorShell,
    path: opened ? `${path}/{-$${opened}}` : path,
    component: lazyPage(load),
  }),
)

export const router = createRouter({
  routeTree: root.addChildren([
    ...guestRoutes,
    shell.addChildren([home, ...memberRoutes]),
    operatorShell.addChildren([operatorHome, ...operatorRoutes]),
  ]),
  basepath: '/app',
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingState,
  defaultErrorComponent: ErrorPage,
})
