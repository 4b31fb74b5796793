// Goal: a list of contacts tells of new ones without moving what one reads. Method: the page with a fake WebSocket.
import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { LiveEvents } from '@/app/live_events'
import { ContactsPage } from '@/features/contacts/pages/contacts_page'
import { At } from '@/features/inbox/testing'
import { contact } from '@/features/inbox/testing_data'
import { FakeSocket } from '@/lib/live/testing'
import { showPage } from '@/lib/testing'

let sockets: FakeSocket[] = []

class ListedSocket extends FakeSocket {
  constructor() {
    super()
    sockets.push(this)
  }
}

beforeEach(() => {
  sockets = []
  vi.stubGlobal('WebSocket', ListedSocket)
  window.scrollTo = () => undefined
})
afterEach(() => vi.useRealTimers())

const rosa = contact()
const karl = contact({ id: 'contact-2', name: 'Karl', createdAt: '2026-11-27T10:00:00Z' })
const old = contact({ id: 'contact-0', name: 'Olden', createdAt: '2026-01-01T10:00:00Z' })

/** The page with what the server lists, which may change, and what tells it of events. */
async function open(listed: { contacts: unknown[] }) {
  const page = () => (
    <>
      <LiveEvents />
      <ContactsPage />
    </>
  )
  const { of } = await showPage(<At address="/contacts" path="/contacts" page={page} />, {
    answers: { 'GET /api/v1/segments': { segments: [] }, 'GET /api/v1/contacts': () => ({ contacts: listed.contacts, nextCursor: null }) },
  })
  const looks = () => of('GET').filter(({ path }) => path === '/api/v1/contacts').length
  await waitFor(() => expect(looks()).toBe(1))
  await waitFor(() => expect(sockets).not.toHaveLength(0))
  const socket = sockets.at(-1)
  act(() => socket?.welcomes())
  await waitFor(() => expect(looks()).toBe(2)) // of the connection
  const tells = (one: unknown) => act(() => socket?.tells({ type: 'contact.changed', id: `e-${Math.random()}`, data: { contact: one } }))
  return { tells, looks }
}

test('a new contact is told of, and shown when one wants to see it', async () => {
  const listed = { contacts: [rosa] }
  const { tells } = await open(listed)
  await screen.findByRole('link', { name: 'Rosa Martínez' })
  listed.contacts = [karl, rosa]
  tells(karl)
  const line = await screen.findByRole('button', { name: '1 new contact' }, { timeout: 5_000 })
  expect(screen.queryByRole('link', { name: 'Karl' })).toBeNull()
  await userEvent.click(line)
  expect(await screen.findByRole('link', { name: 'Karl' })).toBeVisible()
  await waitFor(() => expect(screen.queryByRole('button', { name: /new contact/ })).toBeNull())
})

test('one that the filter does not let through is not told of', async () => {
  const { tells, looks } = await open({ contacts: [rosa] })
  await screen.findByRole('link', { name: 'Rosa Martínez' })
  const before = looks()
  tells(karl)
  await waitFor(() => expect(looks()).toBe(before + 1), { timeout: 5_000 })
  expect(screen.queryByRole('button', { name: /new contact/ })).toBeNull()
})

test('one that is old, or shown already, is not looked for', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const { tells, looks } = await open({ contacts: [rosa] })
  await screen.findByRole('link', { name: 'Rosa Martínez' })
  const before = looks()
  tells(old)
  tells({ ...rosa, name: 'Rosa M.' })
  expect(await screen.findByRole('link', { name: 'Rosa M.' })).toBeVisible()
  await act(() => vi.advanceTimersByTimeAsync(10_000))
  expect(looks()).toBe(before)
})

test('the first contact of an empty list comes by itself', async () => {
  const listed: { contacts: unknown[] } = { contacts: [] }
  const { tells } = await open(listed)
  await screen.findByText('No contacts yet')
  listed.contacts = [karl]
  tells(karl)
  expect(await screen.findByRole('link', { name: 'Karl' }, { timeout: 5_000 })).toBeVisible()
})
