// Goal: what somebody has sent is neither lost nor sent twice. Method: the page with a server that does not answer,
// refuses, or answers late; a reload is a page that is shown anew.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { forgetConversation } from '@/features/inbox'
import { at, openThread, thread, threadPath, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes, watchKeys } from '@/features/inbox/testing'
import { message } from '@/features/inbox/testing_data'
import { clearSession } from '@/lib/session'
import { failure, never, showPage } from '@/lib/testing'

const sendPath = 'POST /api/v1/messages/send'
const sent = { success: true, messageId: 'message-9', conversationId: 'conversation-1', status: 'sent' }
const hourMs = 3_600_000

beforeEach(() => {
  giveSizes()
  localStorage.clear()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const write = async (text: string) => userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), text)
const ours = () => screen.findAllByRole('article', { name: 'From us' })
/** Whether the browser would ask before it leaves the page. */
const isAsked = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

describe('what is not sent yet', () => {
  test('is offered again after a reload, under the same key', async () => {
    await openThread({ [sendPath]: never })
    const before = watchKeys()
    await write('Hello{Enter}')
    await waitFor(() => expect(before).toHaveLength(1))
    cleanup()
    await openThread({ [sendPath]: sent })
    const after = watchKeys()
    expect((await ours())[0]).toHaveTextContent('Hello')
    expect(screen.getByRole('alert')).toHaveTextContent('Not known whether it was sent')
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(after).toEqual(before))
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
    cleanup()
    await openThread()
    await screen.findByRole('article', { name: 'From the customer' })
    expect(screen.queryByRole('article', { name: 'From us' })).toBeNull()
  })

  test('makes the browser ask before the page is left, until it is sent', async () => {
    let answer: (value: unknown) => void = () => undefined
    await openThread({ [sendPath]: () => new Promise((resolve) => (answer = resolve)) })
    const keys = watchKeys()
    expect(isAsked()).toBe(false)
    await write('Hello{Enter}')
    await waitFor(() => expect(keys).toHaveLength(1))
    expect(isAsked()).toBe(true)
    act(() => answer(sent))
    await waitFor(() => expect(isAsked()).toBe(false))
  })

  test('asks nobody once the session has ended', async () => {
    await openThread({ [sendPath]: failure(409, 'number_not_able') })
    await write('Hello{Enter}')
    await screen.findByRole('alert')
    expect(isAsked()).toBe(true)
    act(clearSession)
    expect(isAsked()).toBe(false)
  })

  test('goes from this tab once another one has sent it', async () => {
    await openThread({ [sendPath]: never })
    const keys = watchKeys()
    await write('Hello{Enter}')
    await waitFor(() => expect(keys).toHaveLength(1))
    cleanup()
    await openThread()
    await ours()
    const key = Object.keys(localStorage).find((one) => one.endsWith(keys[0] ?? '?'))
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key, newValue: null })))
    await waitFor(() => expect(screen.queryByRole('article', { name: 'From us' })).toBeNull())
  })

  test('is not sent again when the server has forgotten its key', async () => {
    await openThread({ [sendPath]: () => Promise.reject(new TypeError('down')) })
    await write('Hello{Enter}')
    await screen.findByRole('button', { name: 'Try again' })
    cleanup()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * hourMs })
    await openThread()
    expect(await screen.findByRole('alert')).toHaveTextContent('too long ago')
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Discard' }))
    expect(Object.keys(localStorage).filter((key) => key.includes('unsent'))).toEqual([])
  })

  test('goes with its conversation, as does the draft', async () => {
    await openThread({ [sendPath]: failure(409, 'number_not_able') })
    await write('Hello{Enter}')
    await screen.findByRole('alert')
    await write('Rosa')
    expect(Object.keys(localStorage).filter((key) => key.startsWith('wapi-own'))).toHaveLength(2)
    act(() => forgetConversation('conversation-1'))
    expect(Object.keys(localStorage).filter((key) => key.startsWith('wapi-own'))).toEqual([])
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveValue('')
  })

  test('keeps its key after a doubt, whatever the server says next', async () => {
    let answer: () => unknown = () => Promise.reject(new TypeError('down'))
    await openThread({ [sendPath]: () => answer() })
    const keys = watchKeys()
    await write('Hello{Enter}')
    await screen.findByText(/Not known whether/)
    answer = () => failure(409, 'number_not_able')
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/Not known whether .*cannot send/))
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(keys).toHaveLength(3))
    expect(new Set(keys).size).toBe(1)
  })
})

test('what was sent is not kept beside the thread that shows it', async () => {
  let client: QueryClient | undefined
  const Client = () => {
    client = useQueryClient()
    return null
  }
  await showPage(
    <>
      <Client />
      {at('/inbox/conversation-1')}
    </>,
    { answers: { ...usual, [sendPath]: sent, [threadPath]: () => thread(message({ id: 'message-9', direction: 'outbound', body: 'Hello' }), message()) } },
  )
  await write('Hello{Enter}')
  await ours()
  await waitFor(() => expect(client?.getMutationCache().findAll({ mutationKey: ['send'] })).toEqual([]))
})

describe('a message that failed', () => {
  const failed = message({ id: 'message-5', direction: 'outbound', status: 'failed', body: 'Hello', error: { code: 131000, message: 'x' } })

  test('is sent again once, however often one clicks and whoever does', async () => {
    const { of } = await openThread({ [threadPath]: thread(failed), [sendPath]: never })
    const keys = watchKeys()
    const button = await screen.findByRole('button', { name: 'Send again' })
    act(() => {
      button.click()
      button.click()
    })
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Send again' })).toBeNull())
    expect(of('POST')).toHaveLength(1)
    expect(keys).toEqual(['again-message-5'])
  })

  test('is not offered again when the same has gone out since', async () => {
    const again = message({ id: 'message-6', direction: 'outbound', status: 'sent', body: 'Hello' })
    await openThread({ [threadPath]: thread(again, failed) })
    expect(await ours()).toHaveLength(2)
    expect(screen.queryByRole('button', { name: 'Send again' })).toBeNull()
  })
})
