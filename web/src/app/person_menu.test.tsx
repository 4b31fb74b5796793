// Goal: a logout leaves nothing readable of what was written to customers, and loses nothing without asking.
// Method: the menu with words kept in the browser's storage, or in a browser that stores nothing.
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { PersonMenu } from '@/app/person_menu'
import { keepDraft, mentionsOf, noteOf } from '@/features/inbox/drafts'
import { At } from '@/features/inbox/testing'
import { keepUnsent } from '@/features/inbox/unsent'
import { ownOfPerson } from '@/lib/own_storage'
import { getSession } from '@/lib/session'
import { showPage } from '@/lib/testing'

const logOut = 'POST /api/v1/auth/logout'

beforeEach(() => localStorage.clear())
afterEach(() => vi.restoreAllMocks())

const open = () => showPage(<At address="/inbox" path="/inbox/{-$conversationId}" page={PersonMenu} />, { answers: { [logOut]: {} } })

async function clickLogOut(): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name: /Account of/ }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Log out' }))
}

const send = (idempotencyKey: string, shown: string) =>
  keepUnsent({ kind: 'text', conversationId: 'conversation-1', idempotencyKey, at: '2026-11-26T10:00:00Z', shown, body: { body: shown } })

test('what is not sent is counted before it is lost, and nothing of it stays', async () => {
  const { of } = await open()
  send('key-1', 'Your order is ready')
  send('key-2', 'Come by at five')
  keepDraft('conversation-2', 'Dear Rosa')
  keepDraft(noteOf('conversation-2'), 'She is cross')
  keepDraft(mentionsOf('conversation-2'), '[{"id":"user-2","name":"Lucía Vega"}]')
  await clickLogOut()
  const dialog = await screen.findByRole('dialog', { name: 'Log out and lose this?' })
  expect(dialog).toHaveTextContent('2 messages are not sent yet')
  expect(dialog).toHaveTextContent('2 drafts')
  expect(within(dialog).getByRole('button', { name: 'Come by at five' })).toBeVisible()
  expect(of('POST')).toEqual([])
  await userEvent.click(within(dialog).getByRole('button', { name: 'Discard and log out' }))
  await waitFor(() => expect(of('POST')).toHaveLength(1))
  expect(getSession()).toBeNull()
  expect(JSON.stringify({ ...localStorage })).not.toMatch(/order|five|Rosa|cross|Lucía/)
})

test('the server hears of it though the page is left at once', async () => {
  await open()
  const answer = globalThis.fetch
  const outlivesThePage: boolean[] = []
  globalThis.fetch = ((request: Request) => {
    outlivesThePage.push(request.keepalive)
    return answer(request)
  }) as typeof fetch
  await clickLogOut()
  await waitFor(() => expect(outlivesThePage).toEqual([true]))
})

test('who stays keeps all of it', async () => {
  const { of } = await open()
  send('key-1', 'Your order is ready')
  await clickLogOut()
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(getSession()).not.toBeNull()
  expect(of('POST')).toEqual([])
  expect(JSON.stringify({ ...localStorage })).toContain('Your order is ready')
})

test('also where the browser stores nothing', async () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await open()
  send('key-1', 'Your order is ready')
  await clickLogOut()
  expect(await screen.findByRole('dialog')).toHaveTextContent('1 message is not sent yet')
  await userEvent.click(screen.getByRole('button', { name: 'Discard and log out' }))
  await waitFor(() => expect(ownOfPerson('unsent')).toEqual([]))
})

test('nobody is asked who has written nothing', async () => {
  const { of } = await open()
  keepDraft(mentionsOf('conversation-2'), '[{"id":"user-2","name":"Lucía Vega"}]') // of a note that is gone
  await clickLogOut()
  await waitFor(() => expect(of('POST')).toHaveLength(1))
  expect(JSON.stringify({ ...localStorage })).not.toContain('Lucía')
})
