// For tests of pages that need an address, and of virtual lists, which need a size.
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router'
import { act, configure } from '@testing-library/react'
import { useState, type ReactNode } from 'react'
import { vi } from 'vitest'

// These are whole pages: on a busy machine they take their time.
configure({ asyncUtilTimeout: 10_000 })
vi.setConfig({ testTimeout: 60_000 })

/** The page at an address; others are empty. `path` as in pages.ts, with its optional last part. */
export function At({ address, path, page }: { address: string; path: string; page: () => ReactNode }) {
  const [router] = useState(() => {
    const root = createRootRoute({ component: Outlet })
    const here = createRoute({ getParentRoute: () => root, path, component: page })
    const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => null })
    return createRouter({
      routeTree: root.addChildren([here, elsewhere]),
      history: createMemoryHistory({ initialEntries: [address] }),
    })
  })
  return <RouterProvider router={router} />
}

/** jsdom lays nothing out; a virtual list of no height shows nothing. `entryPx`: of an entry in a thread. */
export function giveSizes({ entryPx = 600, screenPx = 600 } = {}): void {
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return this.dataset.index === undefined ? screenPx : entryPx
  })
  window.innerHeight = screenPx
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(800)
  Element.prototype.scrollTo = () => undefined
}

/** The Idempotency-Key of each POST from now on. */
export function watchKeys(): string[] {
  const keys: string[] = []
  const inner = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const key = input instanceof Request ? input.headers.get('Idempotency-Key') : null
    if (key !== null) keys.push(key)
    return inner(input, init)
  }
  return keys
}

/** An answer that comes when the test says so. */
export function later() {
  let answer: (value: unknown) => void = () => undefined
  return { get: () => new Promise((resolve) => (answer = resolve)), give: async (value: unknown) => act(async () => answer(await value)) }
}

/** As in a browser, where React leaves what can wait for later. */
export async function withoutWaiting(run: () => Promise<void>) {
  const here = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
  here.IS_REACT_ACT_ENVIRONMENT = false
  try {
    await run()
  } finally {
    here.IS_REACT_ACT_ENVIRONMENT = true
  }
}
