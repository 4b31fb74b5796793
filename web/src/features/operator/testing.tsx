// For tests of operators' pages: a router, as they have links.
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'

/** The page at an address of that pattern; the others are empty. */
export function At({ page, path = '/here', address = path }: { page: () => ReactNode; path?: string; address?: string }) {
  const [router] = useState(() => {
    const root = createRootRoute({ component: Outlet })
    const here = createRoute({ getParentRoute: () => root, path, component: page })
    const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => 'elsewhere' })
    return createRouter({
      routeTree: root.addChildren([here, elsewhere]),
      history: createMemoryHistory({ initialEntries: [address] }),
    })
  })
  return <RouterProvider router={router} />
}
