import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { OperatorDeadLettersPage } from '@/features/operator/pages/dead_letters_page'
import { OperatorEventsPage } from '@/features/operator/pages/events_page'
import { OperatorHealthPage } from '@/features/operator/pages/health_page'
import { OperatorLoginPage } from '@/features/operator/pages/operator_login_page'
import { OperatorQueuesPage } from '@/features/operator/pages/queues_page'
import { getOperator, setOperator } from '@/features/operator/session'
import { At } from '@/features/operator/testing'
import { failure, never, showPage, testStates, type Asked } from '@/lib/testing'

type Schemas = components['schemas']

vi.mock('/icon.svg?url', () => ({ default: '/icon.svg' })) // of the public folder, which tests have not

describe('queues', () => {
  const list = 'GET /api/v1/operator/queues'
  const page = <At page={OperatorQueuesPage} />
  const queue = (change: Partial<Schemas['Queue']>): Schemas['Queue'] => ({
    name: 'webhooks',
    pending: 0,
    delayed: 0,
    dead: 0,
    oldestAgeMs: 0,
    workspaceId: null,
    workspaceName: null,
    phone: null,
    ...change,
  })
  testStates('queues', { page, list, empty: { answer: { queues: [], leftOut: 0 }, shows: 'Nothing waits' } })

  test('each says whose it is and how long the oldest waits, and leads to its dead letters', async () => {
    const outbox = { name: 'outbox:1', workspaceId: 'workspace-1', workspaceName: 'Corner Shop', phone: '+1 555 0001' }
    await showPage(page, {
      answers: { [list]: { queues: [queue({ ...outbox, pending: 5, oldestAgeMs: 900_000, dead: 2 }), queue({})], leftOut: 7 } },
    })
    const [first] = await screen.findAllByRole('listitem')
    expect(first).toHaveTextContent('Corner Shop · +1 555 0001')
    expect(first).toHaveTextContent('15 min')
    expect(screen.getByText('7 more queues are not shown.')).toBeVisible()
    await userEvent.click(screen.getByRole('link', { name: '2' }))
    expect(await screen.findByText('elsewhere')).toBeVisible()
  })
})

describe('dead letters', () => {
  const list = 'GET /api/v1/operator/dead-letters'
  const path = '/operator/dead-letters/{-$workspaceId}'
  const page = <At page={OperatorDeadLettersPage} path={path} address="/operator/dead-letters" />
  const letter: Schemas['AnyDeadLetter'] = {
    id: '1',
    kind: 'invite',
    queue: 'mail',
    subject: '',
    attempts: 6,
    lastError: 'connection refused',
    payload: null,
    eventId: null,
    createdAt: '2026-11-22T21:30:00Z',
    diedAt: '2026-11-22T21:50:00Z',
    workspaceId: 'workspace-1',
    workspaceName: 'Corner Shop',
  }
  const empty = { jobs: [], nextCursor: null }
  testStates('dead letters', { page, list, empty: { answer: empty, shows: 'No dead letters' } })

  test('each says whose it is, and what names a person is withheld', async () => {
    const nobodys = { ...letter, id: '2', kind: 'webhook.item', workspaceId: null, workspaceName: null }
    await showPage(page, { answers: { [list]: { jobs: [letter, nobodys], nextCursor: null } } })
    expect(await screen.findByText('Nobody’s')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: /Mail: invite.*Corner Shop/ }))
    const drawer = await screen.findByRole('dialog', { name: /Mail: invite 1/ })
    expect(drawer).toHaveTextContent('Not shown to operators')
  })

  test('the address names one workspace, and the field takes one', async () => {
    const { of } = await showPage(
      <At page={OperatorDeadLettersPage} path={path} address="/operator/dead-letters/workspace-1" />,
      { answers: { [list]: empty } },
    )
    await screen.findByText('No dead letters')
    expect(of('GET').at(-1)?.query.get('workspaceId')).toBe('workspace-1')
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
    await waitFor(() => expect(of('GET').at(-1)?.query.has('workspaceId')).toBe(false))
    expect(screen.getByLabelText('Id of a workspace')).toHaveValue('')
    await userEvent.type(screen.getByLabelText('Id of a workspace'), 'workspace-2{Enter}')
    await waitFor(() => expect(of('GET').at(-1)?.query.get('workspaceId')).toBe('workspace-2'))
  })

  test('the field keeps the focus, and half an id is asked of nobody', async () => {
    const id = '01936f2a-7b1c-7d4e-9f00-0123456789ab'
    const other = `${id.slice(0, -1)}c`
    const { of } = await showPage(page, { answers: { [list]: empty } })
    await screen.findByText('No dead letters')
    const field = screen.getByLabelText('Id of a workspace')
    await userEvent.type(field, id)
    await screen.findByRole('heading', { name: 'Of this workspace' })
    expect(field).toHaveFocus()
    await userEvent.type(field, '{Backspace}c')
    const asked = () => of('GET').map(({ query }) => query.get('workspaceId'))
    await waitFor(() => expect(asked()).toEqual([null, id, other]))
    expect(screen.getByLabelText('Id of a workspace')).toBe(field)
    await userEvent.clear(field)
    await screen.findByRole('heading', { name: 'Of all workspaces' })
    expect(field).toHaveFocus()
  })
})

describe('stored webhooks', () => {
  const list = 'GET /api/v1/operator/webhook-events'
  const page = <At page={OperatorEventsPage} />
  const event: Schemas['StoredEvent'] = { id: '7', receivedAt: '2026-11-22T21:30:00Z', kind: 'messages', bytes: 812 }
  const started = (queued: number | null) => Response.json({ success: true, replayId: '99', queued }, { status: 202 })
  testStates('stored webhooks', { page, list, empty: { answer: { events: [], nextCursor: null }, shows: 'No stored webhooks' } })

  test('those that are picked are processed again', async () => {
    const { of } = await showPage(page, {
      answers: {
        [list]: { events: [event, { ...event, id: '8' }], nextCursor: null },
        'POST /api/v1/operator/webhook-events/replay': started(1),
      },
    })
    await userEvent.click(await screen.findByLabelText('Select 8'))
    await userEvent.click(screen.getByRole('button', { name: 'Process 1 again…' }))
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Process again' }))
    expect(await screen.findByText('Started as 99: 1 webhook.')).toBeVisible()
    expect(of('POST').map(({ body }) => body)).toEqual([{ ids: ['8'] }])
  })

  test('a period may be for one workspace', async () => {
    const { of } = await showPage(page, {
      answers: {
        [list]: { events: [], nextCursor: null },
        'POST /api/v1/operator/webhook-events/replay': started(null),
      },
    })
    const form = within(await screen.findByRole('form'))
    await userEvent.type(form.getByLabelText('Received from'), '2026-11-22T10:00')
    await userEvent.type(form.getByLabelText('until before'), '2026-11-22T11:00')
    await userEvent.type(form.getByLabelText('Only for the workspace with this id'), 'workspace-1')
    await userEvent.click(form.getByRole('button', { name: 'Process again…' }))
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Process again' }))
    expect(await form.findByRole('status')).toHaveTextContent('Started as 99. It finds')
    expect(of('POST')[0]?.body).toEqual({
      from: new Date('2026-11-22T10:00').toISOString(),
      to: new Date('2026-11-22T11:00').toISOString(),
      workspaceId: 'workspace-1',
    })
  })

  test('a day narrows the list', async () => {
    const { of } = await showPage(page, { answers: { [list]: { events: [event], nextCursor: null } } })
    await userEvent.type(await screen.findByLabelText('Received on'), '2026-11-22')
    await waitFor(() =>
      expect(of('GET').at(-1)?.query.get('to')).toBe(new Date('2026-11-23T00:00').toISOString()),
    )
  })
})

describe('health', () => {
  const asked = 'GET /api/v1/health'
  const page = <At page={OperatorHealthPage} />
  const counts = { pending: 0, delayed: 0, dead: 0, oldestAgeMs: 0 }
  const health = { status: 'ok', version: '0.3.0', database: 'sqlite', queue: counts, outbox: counts, mail: counts }

  test('that it is loading or cannot be had is shown', async () => {
    await showPage(page, { answers: { [asked]: never } })
    expect(await screen.findByRole('status', { name: 'Loading' })).toBeVisible()
    cleanup()
    await showPage(page, { answers: { [asked]: new Response('Bad Gateway', { status: 502 }) } })
    expect(await screen.findByRole('alert')).toHaveTextContent('The server had a problem')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
  })

  test('is told in words, with ways to the figures', async () => {
    await showPage(page, { answers: { [asked]: health } })
    expect(await screen.findByText('The server is well')).toBeVisible()
    expect(screen.getByText('Version 0.3.0')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Figures for Prometheus' })).toHaveAttribute('href', '/metrics')
  })

  test('that nothing is sent while too much waits unread is said', async () => {
    await showPage(page, { answers: { [asked]: health } })
    await screen.findByText('The server is well')
    expect(screen.queryByText(/Nothing is sent at the moment/)).toBeNull()
    cleanup()
    await showPage(page, { answers: { [asked]: { ...health, sendingWaits: true } } })
    expect(await screen.findByText(/Nothing is sent at the moment/)).toBeVisible()
  })

  test.each([
    ['database', 'The database does not answer'],
    ['webhooks', 'Webhooks are refused'],
    ['weather', 'A part of the server fails'],
  ])('that the %s fails is no failure of the page', async (part, words) => {
    const failing = { status: 'failing', version: '0.3.0', database: 'sqlite', failing: { part, reason: 'disk_full' } }
    await showPage(page, { answers: { [asked]: Response.json(failing, { status: 503 }) } })
    expect(await screen.findByText(words)).toBeVisible()
    expect(screen.getByRole('status')).toHaveTextContent('disk_full')
  })
})

describe('the login', () => {
  const page = <At page={OperatorLoginPage} />
  const login = 'POST /api/v1/operator/login'
  const submit = async () => {
    await userEvent.type(await screen.findByLabelText('E-mail address'), 'olaf@example.com')
    await userEvent.type(screen.getByLabelText('Password', { selector: 'input' }), 'secret')
    await userEvent.click(screen.getByRole('button', { name: 'Log in' }))
  }

  test('begins a session and leads on', async () => {
    const session = { token: 'wop_1', expiresAt: '2126-01-01T00:00:00Z', operator: { id: '1', email: 'o@x.de', name: 'Olaf' } }
    const { of } = await showPage(page, { answers: { [login]: session } })
    await submit()
    expect(await screen.findByText('elsewhere')).toBeVisible()
    expect(getOperator()?.token).toBe('wop_1')
    expect(of('POST').map(({ body }: Asked) => body)).toEqual([{ email: 'olaf@example.com', password: 'secret' }])
    setOperator(null)
  })

  test('says why it was refused', async () => {
    await showPage(page, { answers: { [login]: failure(401, 'operator_login_refused') } })
    await submit()
    expect(await screen.findByRole('alert')).toHaveTextContent('E-mail address or password is wrong.')
    expect(getOperator()).toBeNull()
  })
})
