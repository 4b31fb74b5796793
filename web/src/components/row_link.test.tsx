// Goal: a row's link behaves as any link of the console. Method: clicks with and without keys, in a router of its own.
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { cleanup, createEvent, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'

import { RowLink } from '@/components/row_link'

afterEach(cleanup)

async function showLink(onClick?: (event: { preventDefault: () => void }) => void) {
  const root = createRootRoute({ component: () => <RowLink to="/inbox/7" onClick={onClick}>Rosa</RowLink> })
  const router = createRouter({ routeTree: root, basepath: '/app', history: createMemoryHistory({ initialEntries: ['/app/inbox'] }) })
  render(<RouterProvider router={router} />)
  return { router, link: await screen.findByRole('link', { name: 'Rosa' }) }
}

test('a click goes there without loading the page anew', async () => {
  const { router, link } = await showLink()
  expect(link.getAttribute('href')).toBe('/app/inbox/7')
  const click = createEvent.click(link)
  fireEvent(link, click)
  expect(click.defaultPrevented).toBe(true)
  await expect.poll(() => router.state.location.pathname).toBe('/app/inbox/7')
})

test.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }])('a click with %o is left to the browser', async (how) => {
  const { router, link } = await showLink()
  const click = createEvent.click(link, how)
  fireEvent(link, click)
  expect(click.defaultPrevented).toBe(false)
  expect(router.state.location.pathname).toBe('/app/inbox')
})

test('who handles the click may keep it', async () => {
  const { router, link } = await showLink((event) => event.preventDefault())
  fireEvent.click(link)
  expect(router.state.location.pathname).toBe('/app/inbox')
})
