// Goal: nothing that is being written is lost, doubled or overwritten, and only who may write is offered to.
// Method: the page with answers that come late, or not at all.
import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { permissions } from '@/api/generated/permissions'
import { at, choose, listPath, note, openThread, page, thread, threadPath, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes, later } from '@/features/inbox/testing'
import { conversation, inHours, message } from '@/features/inbox/testing_data'
import { failure, showPage } from '@/lib/testing'

beforeEach(() => {
  giveSizes()
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

describe('who may not write', () => {
  const allowed = permissions.filter((one) => one !== 'sendMessages')

  test('is not offered to delete a note', async () => {
    await openThread({ 'GET /api/v1/conversations/*/notes': { notes: [note], nextCursor: null } }, { allowed })
    const shown = await screen.findByRole('article', { name: 'Your note' })
    expect(within(shown).queryByRole('button', { name: 'Delete the note' })).toBeNull()
  })

  test('any more is shown neither the field for notes nor a way to try again', async () => {
    let client: ReturnType<typeof useQueryClient> | undefined
    const Client = () => {
      client = useQueryClient()
      return null
    }
    await showPage(
      <>
        <Client />
        {at('/inbox/conversation-1')}
      </>,
      { answers: { ...usual, 'POST /api/v1/messages/send': failure(409, 'number_not_able') } },
    )
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), 'Hello{Enter}')
    await screen.findByRole('button', { name: 'Try again' })
    await choose('Note')
    await screen.findByRole('textbox', { name: 'Note' })
    act(() => client?.setQueryData(['me'], (me: object) => ({ ...me, permissions: allowed })))
    expect(await screen.findByText('You may not send messages')).toBeVisible()
    expect(screen.queryByRole('textbox', { name: 'Note' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Discard' })).toBeVisible()
  })
})

test('a quick reply leaves what is typed while it is fetched', async () => {
  const filled = later()
  const hello = { id: 'reply-1', shortcut: 'hello', text: 'Hello {{contact.name}}', shared: true, createdAt: inHours(-9), updatedAt: inHours(-9) }
  await openThread({
    'GET /api/v1/quick-replies': { quickReplies: [hello], nextCursor: null },
    'GET /api/v1/quick-replies/*/text': filled.get,
  })
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, '/he')
  await screen.findByRole('option', { name: /hello/ })
  await userEvent.keyboard('{Enter}')
  await userEvent.type(field, ', thank you')
  await filled.give(Response.json({ text: 'Hello Rosa' }))
  await waitFor(() => expect(field).toHaveValue('Hello Rosa, thank you'))
})

test('a quick reply that is saved sends nothing of what is being written', async () => {
  const { of } = await openThread({ 'POST /api/v1/quick-replies': {}, 'POST /api/v1/messages/send': message() })
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, 'half a tho')
  await userEvent.click(screen.getByRole('button', { name: /^Quick replies/ }))
  await userEvent.click(await screen.findByRole('menuitem', { name: /Manage/ }))
  await userEvent.click(await screen.findByRole('button', { name: 'New quick reply' }))
  await userEvent.type(await screen.findByRole('textbox', { name: /Shortcut/ }), 'hello')
  await userEvent.type(screen.getByRole('textbox', { name: /Text/ }), 'Hello')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.queryByRole('textbox', { name: /Shortcut/ })).toBeNull())
  expect(of('POST').map(({ path }) => path)).toEqual(['/api/v1/quick-replies'])
  expect(field).toHaveValue('half a tho')
})

const sendButton = () => screen.getByRole('button', { name: 'Send' })

describe.each([
  ['Enter', () => userEvent.keyboard('{Enter}')],
  ['Send', () => userEvent.click(sendButton())],
])('%s before the quick replies are here', (_, send) => {
  const hello = { id: 'reply-1', shortcut: 'hello', text: 'Hello', shared: true, createdAt: inHours(-9), updatedAt: inHours(-9) }
  const listOf = (...quickReplies: unknown[]) => Response.json({ quickReplies, nextCursor: null })
  const failed = 'The quick replies could not be loaded.'
  const seen = { ignore: '[role=status]' }
  afterEach(() => onlineManager.setOnline(true))

  const write = async (text: string, online = true) => {
    const list = later()
    const { of } = await openThread({
      'GET /api/v1/quick-replies': list.get,
      'GET /api/v1/quick-replies/*/text': { text: 'Hello Rosa' },
      'POST /api/v1/messages/send': message({ id: 'message-2', direction: 'outbound', body: text }),
    })
    const field = await screen.findByRole('textbox', { name: 'Message' })
    onlineManager.setOnline(online)
    await userEvent.type(field, text)
    return { of, field, list }
  }
  const writeAtOnce = async (text: string) => {
    const written = await write(text)
    await send()
    expect(written.field).toHaveValue(text)
    expect(written.field).toHaveFocus()
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(await screen.findByText('Loading')).toBeVisible()
    expect(written.of('POST')).toEqual([])
    return written
  }
  const writeToFailure = async (text: string) => {
    const written = await write(text)
    await written.list.give(failure(503, 'unavailable'))
    expect(await screen.findByRole('alert')).toHaveTextContent(failed)
    return written
  }

  test('sends nothing, and Enter takes the one that fits afterwards', async () => {
    const { of, field, list } = await writeAtOnce('/hello')
    await list.give(listOf(hello))
    await screen.findByRole('option', { name: /hello/ })
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(field).toHaveValue('Hello Rosa'))
    expect(of('POST')).toEqual([])
  })

  test('sends nothing, and what fits none afterwards', async () => {
    const { of, list } = await writeAtOnce('See /help')
    await list.give(listOf())
    expect(await screen.findByText('No quick reply fits')).toBeVisible()
    await send()
    await waitFor(() => expect(of('POST').at(-1)?.body).toMatchObject({ body: 'See /help' }))
  })

  test('leads nowhere, and Enter to where they are written when there are none', async () => {
    const { list } = await writeAtOnce('/')
    await list.give(listOf())
    await screen.findByText('No quick replies yet')
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByRole('dialog', { name: 'Quick replies' })).toBeVisible()
  })

  test.each(['/hello', '/'])('says when their list has failed, and sends %s the second time', async (text) => {
    const { of, field } = await writeToFailure(text)
    await send()
    expect(await screen.findByText(/Send once more to send the text as it is/)).toBeVisible()
    expect(of('POST')).toEqual([])
    expect(field).toHaveFocus()
    await send()
    await waitFor(() => expect(of('POST').map(({ body }) => body)).toMatchObject([{ body: text }]))
  })

  test('says that a second time when the text is another one', async () => {
    const { of, field, list } = await writeToFailure('/hel')
    await send()
    await userEvent.type(field, 'lo')
    await list.give(failure(503, 'unavailable'))
    expect(await screen.findByRole('alert')).toHaveTextContent(failed)
    await send()
    expect(await screen.findByText(/Send once more/)).toBeVisible()
    expect(of('POST')).toEqual([])
  })

  test('has them tried again, also by keyboard', async () => {
    const { of, field, list } = await writeToFailure('/hello')
    await send()
    await userEvent.keyboard('{ArrowDown}{Enter}')
    expect(await screen.findByText('Loading')).toBeVisible()
    await list.give(listOf(hello))
    await userEvent.click(await screen.findByRole('option', { name: /hello/ }))
    await waitFor(() => expect(field).toHaveValue('Hello Rosa'))
    expect(of('POST')).toEqual([])
  })

  test.each([
    ['Escape', () => userEvent.keyboard('{Escape}')],
    ['its option', () => userEvent.click(screen.getByRole('option', { name: 'Close the list' }))],
  ])('says without a connection what it waits for, and sends once the list is closed by %s', async (__, close) => {
    const { of } = await write('/hello', false)
    await send()
    expect(await screen.findByText(/^No connection: the quick replies come when it is back/, seen)).toBeVisible()
    expect(of('POST')).toEqual([])
    await close()
    expect(screen.queryByText(/^No connection/)).toBeNull()
    await send()
    onlineManager.setOnline(true)
    await waitFor(() => expect(of('POST').map(({ body }) => body)).toMatchObject([{ body: '/hello' }]))
  })

  test('gets them when the connection is back', async () => {
    const { of, list } = await write('/hello', false)
    await send()
    await screen.findByText(/^No connection/, seen)
    act(() => onlineManager.setOnline(true))
    await screen.findByText('Loading')
    await list.give(listOf(hello))
    expect(await screen.findByRole('option', { name: /hello/ })).toBeVisible()
    expect(of('POST')).toEqual([])
  })
})

test('a list of quick replies that was closed is there for the same text once that was sent', async () => {
  const { of } = await openThread({ 'POST /api/v1/messages/send': message({ id: 'message-2', direction: 'outbound', body: '/hello' }) })
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, '/hello{Escape}{Enter}')
  await waitFor(() => expect(of('POST')).toHaveLength(1))
  await userEvent.type(field, '/hello')
  expect(await screen.findByText('No quick reply fits')).toBeVisible()
})

describe('a screen reader', () => {
  test('is told of a new message, and not of what scrolls into view', async () => {
    let messages = [message()]
    await openThread({ [threadPath]: () => thread(...messages) })
    await screen.findByRole('article')
    const log = screen.getByRole('log')
    expect(log).toHaveAttribute('aria-live', 'off')
    expect(screen.queryByText(/New message/)).toBeNull()
    messages = [message({ id: 'message-2', body: 'Hello?', timestamp: '2026-11-26T10:05:00Z' }), message()]
    document.dispatchEvent(new Event('visibilitychange'))
    const told = await screen.findByText('New message: Hello?')
    expect(told.closest('[role="status"]')).not.toBeNull()
  })
})

describe('the filter by tag', () => {
  const open = async () => {
    const shown = await showPage(at('/inbox'), { answers: { ...usual, [listPath]: page([conversation()]) } })
    await userEvent.click(await screen.findByRole('button', { name: /^Filter/ }))
    const tags = () => shown.asked.map(({ query }) => query.get('tag'))
    return { field: await screen.findByRole('textbox', { name: 'Tag of the contact' }), tags }
  }

  test('holds also when it is closed at once', async () => {
    const { field, tags } = await open()
    await userEvent.type(field, 'vip{Escape}')
    await waitFor(() => expect(tags()).toContain('vip'))
  })

  test('is gone when it is cleared at once', async () => {
    sessionStorage.setItem('wapi-inbox-view:user-1:workspace-1', JSON.stringify({ status: 'open', tag: 'old' }))
    const { field, tags } = await open()
    const clear = await screen.findByRole('button', { name: 'Clear the filter' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    act(() => {
      field.focus()
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'vip')
      field.dispatchEvent(new Event('input', { bubbles: true }))
    })
    act(() => clear.click())
    await act(() => vi.advanceTimersByTimeAsync(1_000))
    vi.useRealTimers()
    expect(field).toHaveValue('')
    expect(tags()).not.toContain('vip')
  })
})

test('the Enter that ends a composition sends nothing', async () => {
  const { of } = await openThread()
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, 'こんにちは')
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 }) // as Safari tells of it
  expect(field).toHaveValue('こんにちは')
  expect(of('POST').filter(({ path }) => path.endsWith('/send'))).toEqual([])
})
