// Goal: the frame around the pages keeps them on live events, says when it cannot, and tells of messages to
// who wants it. Method: pages as a member sees them, with a fake WebSocket.
import { Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { permissions, type Permission } from '@/api/generated/permissions'
import { ConnectionMark } from '@/app/connection_mark'
import { LiveEvents } from '@/app/live_events'
import { NoticeItems } from '@/app/notice_items'
import { InboxPage } from '@/features/inbox/pages/inbox_page'
import { usual } from '@/features/inbox/pages/inbox_fixture'
import { At, giveSizes } from '@/features/inbox/testing'
import { contact, conversation, message, rowContact } from '@/features/inbox/testing_data'
import { overviewQuery } from '@/features/overview/api/overview'
import { FakeSocket } from '@/lib/live/testing'
import { Allowed } from '@/lib/permissions'
import { failure, showPage, user, type Answers, type Asked } from '@/lib/testing'
import { useWorkspace } from '@/lib/workspace'

let sockets: (FakeSocket & { url: string })[] = []

class ListedSocket extends FakeSocket {
  constructor(readonly url: string) {
    super()
    sockets.push(this)
  }
}

interface Shown {
  title: string
  options: NotificationOptions
}
let shown: Shown[] = []

class FakeNotification {
  static permission: NotificationPermission = 'default'
  static requestPermission = vi.fn(() => {
    FakeNotification.permission = 'granted'
    return Promise.resolve(FakeNotification.permission)
  })
  onclick: (() => void) | null = null
  constructor(title: string, options: NotificationOptions) {
    shown.push({ title, options })
  }
  close() {}
}

beforeEach(() => {
  giveSizes()
  sockets = []
  shown = []
  FakeNotification.permission = 'default'
  FakeNotification.requestPermission.mockClear()
  vi.stubGlobal('WebSocket', ListedSocket)
  vi.stubGlobal('Notification', FakeNotification)
  vi.stubGlobal('isSecureContext', true)
  localStorage.clear()
})
afterEach(() => vi.useRealTimers())

const page = () => (
  <>
    <LiveEvents />
    <ConnectionMark />
    <InboxPage />
  </>
)
const open = (answers: Answers = {}) =>
  showPage(<At address="/inbox/conversation-1" path="/inbox/{-$conversationId}" page={page} />, { answers: { ...usual, ...answers } })

async function connected(): Promise<FakeSocket> {
  await waitFor(() => expect(sockets).not.toHaveLength(0))
  const socket = sockets.at(-1)
  if (!socket) throw new Error('no connection')
  act(() => socket.welcomes())
  return socket
}

test('STOP in the open thread locks the composer at once', async () => {
  let stopped = false
  const optOut = () => ({ status: stopped, optedOutAt: stopped ? '2026-11-26T10:07:00Z' : null, optedOutVia: null, optedBackInAt: null })
  await open({
    'GET /api/v1/contacts/*': () => contact({ optOut: optOut() }),
    'GET /api/v1/conversations/*': () => conversation({ contact: rowContact({ optedOut: stopped }) }),
  })
  const socket = await connected()
  expect(sockets[0]?.url).toBe(`ws://${location.host}/api/v1/realtime`)
  expect(await screen.findByRole('textbox', { name: 'Message' })).toBeVisible()
  stopped = true
  act(() => socket.tells({ type: 'contact.changed', id: 'e-1', data: { contact: contact({ optOut: optOut() }) } }))
  expect(await screen.findByText('This contact has opted out')).toBeVisible()
  expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull()
})

test('a colleague who looks at the conversation, and writes, is named', async () => {
  await open()
  const socket = await connected()
  await screen.findByRole('textbox', { name: 'Message' })
  act(() => socket.tells({ type: 'presence', userId: 'user-2', state: 'online', conversationId: 'conversation-1' }))
  expect(await screen.findByText('Lucía Vega is looking at this conversation, too')).toBeVisible()
  act(() => socket.tells({ type: 'typing', userId: 'user-2', conversationId: 'conversation-1', shownMs: 60_000 }))
  expect(await screen.findByText('Lucía Vega is writing an answer…')).toBeVisible()
  await waitFor(() => expect(socket.said).toContainEqual({ type: 'presence', state: 'online', conversationId: 'conversation-1' }))
})

test('a connection that is gone for seconds is told of, until it is there again', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await open()
  const socket = await connected()
  act(() => socket.ends(1006))
  await act(() => vi.advanceTimersByTimeAsync(3_000))
  expect(screen.queryByText('Connection lost, trying again')).toBeNull()
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(screen.getByText('Connection lost, trying again')).toBeVisible()
  await waitFor(() => expect(sockets.length).toBeGreaterThan(1))
  act(() => sockets.at(-1)?.welcomes({ resumed: true }))
  expect(screen.queryByText('Connection lost, trying again')).toBeNull()
})

const arrives = (id: string, change: Parameters<typeof conversation>[0]) => ({
  type: 'message.created',
  id: `e-${id}`,
  data: {
    message: message({ id, conversationId: 'conversation-2', body: 'Where is it?' }),
    conversation: conversation({ id: 'conversation-2', ...change }),
  },
})

test('who wants it is told of messages in conversations that are theirs or nobody’s, once each', async () => {
  localStorage.setItem('wapi-notices', JSON.stringify({ desktop: true, sound: false }))
  FakeNotification.permission = 'granted'
  await open()
  const socket = await connected()
  act(() => socket.tells(arrives('m-1', { assigneeId: 'user-2' })))
  act(() => socket.tells(arrives('m-2', { assigneeId: null })))
  act(() => socket.tells(arrives('m-2', { assigneeId: null })))
  act(() => socket.tells(arrives('m-3', { assigneeId: user.id })))
  expect(shown).toEqual(Array(2).fill({ title: 'Rosa Martínez', options: { body: 'Where is it?', tag: 'conversation-2' } }))
})

test('nobody is told who has not asked for it', async () => {
  FakeNotification.permission = 'granted'
  await open()
  const socket = await connected()
  act(() => socket.tells(arrives('m-1', { assigneeId: null })))
  expect(shown).toEqual([])
})

test('a number that changed while nothing was told is shown as it stands', async () => {
  let status = 'connected'
  const Numbers = () => <>{useWorkspace().data?.phoneNumbers.map((number) => number.status).join()}</>
  const withNumbers = () => (
    <>
      {page()}
      <p>
        <Numbers />
      </p>
    </>
  )
  const answers = { ...usual, 'GET /api/v1/workspace': () => ({ phoneNumbers: [{ phoneNumberId: 'number-1', status }] }) }
  await showPage(<At address="/inbox/conversation-1" path="/inbox/{-$conversationId}" page={withNumbers} />, { answers })
  const socket = await connected()
  expect(await screen.findByText('connected')).toBeVisible()
  await screen.findByRole('textbox', { name: 'Message' })
  status = 'reconnect_needed'
  act(() => socket.tells({ type: 'resync', reason: 'events_lost', lastEventId: 'epoch-9' }))
  expect(await screen.findByText('reconnect_needed')).toBeVisible()
})

describe('other rights', () => {
  const me = (...taken: Permission[]) => ({
    user, workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' }, role: 'auditor', roleName: 'auditor', memberships: [],
    permissions: permissions.filter((one) => !taken.includes(one)),
  })
  const Figures = () => {
    const { data } = useQuery(overviewQuery(7))
    return data ? 'Figures' : null
  }
  const overviewPath = 'GET /api/v1/overview'
  let answers: Answers

  /** Opens the inbox beside something that only some may see; gives what the server tells and was asked. */
  async function begin() {
    answers = { ...usual, 'GET /api/v1/auth/me': me(), [overviewPath]: {} }
    const given = Object.fromEntries(Object.keys(answers).map((path) => [path, (asked: Asked) => {
      const answer = answers[path]
      return typeof answer === 'function' ? (answer as (asked: Asked) => unknown)(asked) : answer
    }]))
    const withFigures = () => (
      <>
        {page()}
        <Allowed to="viewAnalytics">
          <Figures />
        </Allowed>
      </>
    )
    const { asked } = await showPage(<At address="/inbox/conversation-1" path="/inbox/{-$conversationId}" page={withFigures} />, { answers: given })
    const socket = await connected()
    await screen.findByRole('textbox', { name: 'Message' })
    await screen.findByText('Figures')
    await waitFor(() => expect(asked.filter(({ path }) => path === '/api/v1/conversations')).toHaveLength(2)) // the first look, and of the connection
    const countOf = (path: string) => asked.filter((one) => `${one.method} ${one.path}` === path).length
    return { socket, asked, countOf }
  }
  const resync = (reason: string) => ({ type: 'resync', reason, lastEventId: 'epoch-9' })

  test.each(['rights_changed', 'events_lost'])('are felt at once, and what may not be seen is not asked for: %s', async (reason) => {
    const { socket, countOf } = await begin()
    const figures = countOf(overviewPath)
    answers = { ...answers, 'GET /api/v1/auth/me': me('sendMessages', 'viewAnalytics'), [overviewPath]: failure(403, 'forbidden') }
    act(() => socket.tells(resync(reason)))
    expect(await screen.findByText('You may not send messages')).toBeVisible()
    expect(await screen.findByRole('article')).toHaveTextContent('Is my order ready?')
    expect(screen.queryByText('Figures')).toBeNull()
    expect(countOf(overviewPath)).toBe(figures)
  })

  test('a conversation that is not to be seen any more is gone, and asked for no more', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const { socket, asked } = await begin()
    expect(await screen.findByRole('article')).toHaveTextContent('Is my order ready?')
    const gone = () => failure(404, 'not_found')
    answers = {
      ...answers, 'GET /api/v1/conversations': { conversations: [], nextCursor: null },
      'GET /api/v1/conversations/*': gone, 'GET /api/v1/conversations/*/messages': gone, 'GET /api/v1/conversations/*/notes': gone, 'GET /api/v1/contacts/*': gone,
    }
    act(() => socket.tells(resync('rights_changed')))
    expect(await screen.findByRole('alert')).toBeVisible()
    expect(screen.queryByText('Is my order ready?')).toBeNull()
    expect(screen.queryByText('Rosa Martínez')).toBeNull()
    // The part of the page that shows this is loaded when a list is empty, by no clock, and asks for what it needs.
    expect(await screen.findByText('No conversations yet')).toBeVisible()
    await act(() => vi.advanceTimersByTimeAsync(1_000))
    const before = asked.length
    const since = () => asked.slice(before).map(({ method, path }) => `${method} ${path}`)
    await act(() => vi.advanceTimersByTimeAsync(20_000))
    expect(since()).toEqual([])
    await act(() => vi.advanceTimersByTimeAsync(120_000)) // what is shown is looked at once a minute
    expect(since()).toContain('GET /api/v1/conversations')
    expect(since().filter((one) => /(conversation|contact)-1/.test(one))).toEqual([])
  })

  test('are asked for until the server has said them', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const { socket } = await begin()
    answers = { ...answers, 'GET /api/v1/auth/me': () => failure(503, 'unavailable') }
    act(() => socket.tells(resync('rights_changed')))
    await act(() => vi.advanceTimersByTimeAsync(1_000))
    expect(screen.getByText('Figures')).toBeVisible()
    answers = { ...answers, 'GET /api/v1/auth/me': me('sendMessages') }
    act(() => socket.tells(resync('too_slow')))
    expect(await screen.findByText('You may not send messages')).toBeVisible()
  })
})

test('of many who are told to fetch anew together each waits for its own while, but for no change of rights', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const { asked } = await open()
  const fetches = () => asked.filter(({ path }) => path === '/api/v1/conversations/conversation-1/messages').length
  await screen.findByRole('textbox', { name: 'Message' }) // loaded by no clock
  const socket = await connected()
  await waitFor(() => expect(fetches()).toBe(2)) // the first look, and of the connection
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  const before = fetches()
  const resync = (reason: string) => socket.tells({ type: 'resync', reason, lastEventId: 'epoch-9', spreadMs: reason === 'rights_changed' ? 0 : 10_000 })
  act(() => resync('events_lost'))
  await act(() => vi.advanceTimersByTimeAsync(3_000))
  act(() => resync('events_lost')) // told again it waits no longer
  expect(fetches()).toBe(before)
  await act(() => vi.advanceTimersByTimeAsync(2_500))
  expect(fetches()).toBe(before + 1)
  act(() => resync('events_lost'))
  act(() => resync('rights_changed'))
  await act(() => vi.advanceTimersByTimeAsync(1_000))
  expect(fetches()).toBe(before + 2)
  await act(() => vi.advanceTimersByTimeAsync(10_000))
  expect(fetches()).toBe(before + 2)
  random.mockRestore()
})

const items = (
  <Menu opened>
    <Menu.Target>
      <button type="button">menu</button>
    </Menu.Target>
    <Menu.Dropdown>
      <NoticeItems />
    </Menu.Dropdown>
  </Menu>
)

test('the permission is asked for by a click, and not before', async () => {
  await showPage(items, { answers: {} })
  const item = await screen.findByRole('menuitem', { name: 'Desktop notifications' })
  expect(FakeNotification.requestPermission).not.toHaveBeenCalled()
  await userEvent.click(item)
  await waitFor(() => expect(item).toHaveAccessibleName('Desktop notifications On'))
  expect(FakeNotification.requestPermission).toHaveBeenCalledTimes(1)
})

test('notifications that the browser blocks cannot be chosen', async () => {
  FakeNotification.permission = 'denied'
  await showPage(items, { answers: {} })
  const item = await screen.findByRole('menuitem', { name: /blocked in the browser/ })
  expect(item).toBeDisabled()
})

test('a conversation that is gone takes with it what was begun to be written in it', async () => {
  await open()
  const socket = await connected()
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, 'Dear Rosa')
  expect(JSON.stringify({ ...localStorage })).toContain('Dear Rosa')
  act(() => socket.tells({ type: 'conversation.removed', id: 'e-1', data: { id: 'conversation-1' } }))
  expect(JSON.stringify({ ...localStorage })).not.toContain('Dear Rosa')
})
