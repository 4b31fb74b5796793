// Goal: no shortcut of a quick reply goes out as a text by mistake, and what is told of the list is heard.
// Method: the page with a list that is here, or waits for a connection.
import { onlineManager } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { openThread } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'
import { inHours, message } from '@/features/inbox/testing_data'

const hello = { id: 'reply-1', shortcut: 'hello', text: 'Hello', shared: true, createdAt: inHours(-9), updatedAt: inHours(-9) }
const sendAgain = 'Send once more to send the text as it is.'

beforeEach(() => {
  giveSizes()
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => {
  onlineManager.setOnline(true)
  vi.restoreAllMocks()
})

const open = async (quickReplies: unknown[]) => {
  const { of } = await openThread({
    'GET /api/v1/quick-replies': { quickReplies, nextCursor: null },
    'GET /api/v1/quick-replies/*/text': { text: 'Hello Rosa' },
    'POST /api/v1/messages/send': message({ id: 'message-2', direction: 'outbound', body: '/hello' }),
  })
  const field = await screen.findByRole('textbox', { name: 'Message' })
  return { field, sent: () => of('POST').filter(({ path }) => path === '/api/v1/messages/send').map(({ body }) => body) }
}
const write = async () => {
  const opened = await open([hello])
  await userEvent.type(opened.field, '/hello')
  await screen.findByRole('option', { name: /hello/ })
  return opened
}
const enter = () => userEvent.keyboard('{Enter}')
const clickSend = () => userEvent.click(screen.getByRole('button', { name: 'Send' }))
const clickBeside = () => userEvent.click(document.body)

test('Send with a text that a quick reply fits says so, and sends it the second time', async () => {
  const { field, sent } = await write()
  await clickSend()
  expect(await screen.findByRole('alert')).toHaveTextContent(sendAgain)
  expect(screen.getByRole('option', { name: /hello/ })).toBeVisible()
  expect(field).toHaveFocus()
  expect(field).toHaveValue('/hello')
  expect(sent()).toEqual([])
  await clickSend()
  await waitFor(() => expect(sent()).toMatchObject([{ body: '/hello' }]))
})

test.each([
  ['Enter', enter],
  ['a click', () => userEvent.click(screen.getByRole('option', { name: /hello/ }))],
])('what Send has held back is replaced by the quick reply by %s', async (_, choose) => {
  const { field, sent } = await write()
  await clickSend()
  await screen.findByRole('alert')
  await choose()
  await waitFor(() => expect(field).toHaveValue('Hello Rosa'))
  await userEvent.clear(field)
  await userEvent.type(field, '/hello')
  await clickSend()
  expect(await screen.findByRole('alert')).toHaveTextContent(sendAgain)
  expect(sent()).toEqual([])
})

test('Enter after a click beside the list shows it again, and sends the second time', async () => {
  const { field, sent } = await write()
  await clickBeside()
  await waitFor(() => expect(screen.queryByRole('option', { name: /hello/ })).toBeNull())
  field.focus()
  await enter()
  expect(await screen.findByRole('alert')).toHaveTextContent(sendAgain)
  expect(screen.getByRole('option', { name: /hello/ })).toBeVisible()
  expect(sent()).toEqual([])
  await enter()
  await waitFor(() => expect(sent()).toMatchObject([{ body: '/hello' }]))
})

test('Enter after a click beside a list that offers only to write some sends', async () => {
  const { field, sent } = await open([])
  await userEvent.type(field, '/')
  await screen.findByText('No quick replies yet')
  await clickBeside()
  field.focus()
  await enter()
  await waitFor(() => expect(sent()).toMatchObject([{ body: '/' }]))
})

test('that the list waits for a connection is said in an element that was there before', async () => {
  const { field } = await open([hello])
  const before = screen.getAllByRole('status')
  onlineManager.setOnline(false)
  await userEvent.type(field, '/hello')
  await waitFor(() => expect(before.map(({ textContent }) => textContent).join()).toMatch(/No connection: the quick replies come/))
  await userEvent.keyboard('{Escape}')
  expect(before.map(({ textContent }) => textContent).join('')).toBe('')
})

test('a list box without quick replies holds nothing but options', async () => {
  const { field } = await open([])
  await userEvent.type(field, '/help')
  const none = await screen.findByText('No quick reply fits')
  expect(none).toBeVisible()
  expect(none.closest('[role="listbox"]')).toBeNull()
})
