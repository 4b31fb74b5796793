import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { NumbersPage } from '@/features/numbers/pages/numbers_page'
import { failure, showPage, testStates } from '@/lib/testing'

type Schemas = components['schemas']

const list = 'GET /api/v1/workspace'
const connect = 'POST /api/v1/onboarding/connect'
const number: Schemas['PhoneNumber'] = {
  phoneNumberId: '106000000000001',
  wabaId: '105000000000001',
  displayPhone: '+15550001111',
  verifiedName: 'Corner Shop',
  qualityRating: 'YELLOW',
  status: 'pending',
  statusReason: 'register_phone: The number has another two-step PIN.',
  webhooksSubscribed: true,
  phoneRegistered: false,
  messagesPerSecond: 80,
  connectedAt: '2026-11-01T00:00:00Z',
}
const flow: Schemas['SetupFlow'] = {
  status: 'connected',
  statusReason: '',
  webhooksSubscribed: true,
  phoneRegistered: true,
  wabaId: number.wabaId,
  phoneNumberId: number.phoneNumberId,
  displayPhone: number.displayPhone,
  templatesSynced: 3,
}
const workspace = (phoneNumbers: Schemas['PhoneNumber'][]): Schemas['Workspace'] => ({
  id: 'workspace-1',
  name: 'Corner Shop',
  plan: 'free',
  suspended: false,
  suspendedReason: '',
  settings: {},
  esbFlow: flow,
  phoneNumbers,
  createdAt: '2026-11-01T00:00:00Z',
})

testStates('the list of numbers', {
  page: <NumbersPage />,
  list,
  empty: { answer: workspace([]), shows: 'No number is connected' },
})

test('a number that cannot send says why in plain words', async () => {
  await showPage(<NumbersPage />, { answers: { [list]: workspace([number]) } })
  const card = await screen.findByRole('region', { name: '+15550001111' })
  expect(card).toHaveTextContent('Not connected yet')
  expect(card).toHaveTextContent('Stopped at: Registering the number')
  expect(card).toHaveTextContent('The number has another two-step PIN.')
  expect(card).toHaveTextContent('Medium')
  expect(card).toHaveTextContent('80 messages a second')
})

test('a number is connected again with a new token', async () => {
  const { of } = await showPage(<NumbersPage />, {
    answers: { [list]: workspace([number]), [connect]: { success: true, esbFlow: flow } },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Connect again' }))
  const dialog = await screen.findByRole('dialog')
  await userEvent.type(within(dialog).getByLabelText(/^Access token/), 'EAAJtoken')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Connect' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(of('POST')[0]?.body).toEqual({
    wabaId: number.wabaId,
    phoneNumberId: number.phoneNumberId,
    accessToken: 'EAAJtoken',
  })
  expect(await screen.findByText('3 templates were fetched.')).toBeVisible()
})

test('a refusal stays in the dialog, with what to do', async () => {
  await showPage(<NumbersPage />, {
    answers: { [list]: workspace([number]), [connect]: failure(422, 'token_scope_missing') },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Connect again' }))
  const dialog = await screen.findByRole('dialog')
  await userEvent.type(within(dialog).getByLabelText(/^Access token/), 'EAAJtoken')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Connect' }))
  expect(await within(dialog).findByRole('alert')).toHaveTextContent('whatsapp_business_management')
})
