import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import { permissions } from '@/api/generated/permissions'
import { ManageDialog } from '@/features/quick_replies/components/manage_dialog'
import { showPage, testStates } from '@/lib/testing'

const reply = (change: object = {}) => ({
  id: 'reply-1', shortcut: 'hello', text: 'Hello {{contact.name}}', shared: true,
  createdAt: '2026-11-26T10:00:00Z', updatedAt: '2026-11-26T10:00:00Z', ...change,
})
const listPath = 'GET /api/v1/quick-replies'
const list = (...quickReplies: unknown[]) => ({ quickReplies, nextCursor: null })
const dialog = <ManageDialog onClose={() => undefined} />

testStates('the list', { page: dialog, list: listPath, empty: { answer: list(), shows: 'No quick replies yet' } })

test('a new one is made, with a variable put in by a button', async () => {
  const { of } = await showPage(dialog, { answers: { [listPath]: list(), 'POST /api/v1/quick-replies': reply() } })
  await userEvent.click(await screen.findByRole('button', { name: 'New quick reply' }))
  await userEvent.type(await screen.findByRole('textbox', { name: /Shortcut/ }), '/hello')
  await userEvent.type(screen.getByRole('textbox', { name: /Text/ }), 'Hello ')
  await userEvent.click(screen.getByRole('button', { name: 'Insert {{contact.name}}' }))
  await userEvent.click(screen.getByRole('checkbox', { name: 'For the whole team' }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('POST')[0]?.body).toEqual({ shortcut: 'hello', text: 'Hello {{contact.name}}', shared: true }))
})

test('saving one submits no form around it', async () => {
  const onSubmit = vi.fn()
  const { of } = await showPage(<form onSubmit={onSubmit}>{dialog}</form>, {
    answers: { [listPath]: list(), 'POST /api/v1/quick-replies': reply() },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'New quick reply' }))
  await userEvent.type(await screen.findByRole('textbox', { name: /Shortcut/ }), 'hello')
  await userEvent.type(screen.getByRole('textbox', { name: /Text/ }), 'Hello')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('POST')).toHaveLength(1))
  expect(onSubmit).not.toHaveBeenCalled()
})

test('one is changed, and deleted after a question', async () => {
  const { of } = await showPage(dialog, {
    answers: { [listPath]: list(reply()), 'PATCH /api/v1/quick-replies/*': reply(), 'DELETE /api/v1/quick-replies/*': { success: true } },
  })
  const act = async (name: string) => {
    await userEvent.click(await screen.findByRole('button', { name: /\/hello/ }))
    await userEvent.click(await screen.findByRole('menuitem', { name }))
  }
  await act('Edit')
  const text = await screen.findByRole('textbox', { name: /Text/ })
  await userEvent.type(text, '!')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('PATCH')[0]?.body).toEqual({ shortcut: 'hello', text: 'Hello {{contact.name}}!' }))
  await waitFor(() => expect(screen.queryByRole('textbox', { name: /Text/ })).toBeNull())
  await act('Delete')
  expect(of('DELETE')).toEqual([])
  const question = await screen.findByRole('dialog', { name: 'Delete the quick reply /hello?' })
  await userEvent.click(within(question).getByRole('button', { name: 'Delete' }))
  await waitFor(() => expect(of('DELETE')).toHaveLength(1))
})

test('shared ones are changed by who may assign conversations only', async () => {
  const allowed = permissions.filter((one) => one !== 'assignConversations')
  await showPage(dialog, { answers: { [listPath]: list(reply(), reply({ id: 'reply-2', shortcut: 'mine', shared: false })) }, allowed })
  await screen.findByText('/mine')
  expect(screen.getByRole('button', { name: /\/mine/ })).toBeVisible()
  expect(screen.queryByRole('button', { name: /\/hello/ })).toBeNull()
})
