import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { ApiKeysPage } from '@/features/api_keys/pages/api_keys_page'
import { showPage, testStates, user } from '@/lib/testing'

type ApiKey = components['schemas']['ApiKey']

const list = 'GET /api/v1/api-keys'
const key: ApiKey = {
  id: 'key-1',
  name: 'Web shop',
  prefix: 'wapi_3f9a1c20b7de',
  createdBy: user.id,
  permissions: ['viewContacts', 'sendTemplates'],
  allowedNetworks: ['192.0.2.0/24'],
  createdAt: '2026-11-01T00:00:00Z',
  expiresAt: '2026-11-02T00:00:00Z',
  lastUsedAt: null,
  lastUsedIp: null,
}

testStates('the list of keys', {
  page: <ApiKeysPage />,
  list,
  empty: { answer: { apiKeys: [] }, shows: 'There are no keys' },
})

test('a key shows how it begins, what it may do and whether it still works', async () => {
  await showPage(<ApiKeysPage />, { answers: { [list]: { apiKeys: [key] } } })
  const row = await screen.findByRole('listitem')
  for (const text of ['wapi_3f9a1c20b7de…', '2 permissions', 'Expired', 'Yours']) {
    expect(within(row).getByText(text)).toBeVisible()
  }
  expect(row).toHaveTextContent('192.0.2.0/24')
})

test('a key is made with what was chosen, and shown once', async () => {
  const { of } = await showPage(<ApiKeysPage />, {
    answers: { [list]: { apiKeys: [] }, 'POST /api/v1/api-keys': { apiKey: key, secret: 'wapi_secret' } },
    allowed: ['manageIntegrations', 'sendTemplates'],
  })
  await userEvent.click(await screen.findByRole('button', { name: 'New key' }))
  await userEvent.type(await screen.findByLabelText(/^Name/), 'Web shop')
  expect(screen.queryByRole('checkbox', { name: 'See contacts' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Make the key' }))
  expect(await screen.findByText('Choose at least one permission.')).toBeVisible()
  expect(of('POST')).toHaveLength(0)

  await userEvent.click(screen.getByRole('checkbox', { name: 'Send templates' }))
  await userEvent.selectOptions(screen.getByLabelText('How long it works'), 'Until it is revoked')
  await userEvent.click(screen.getByRole('button', { name: 'Make the key' }))
  expect(await screen.findByDisplayValue('wapi_secret')).toBeVisible()
  expect(of('POST')[0]?.body).toEqual({
    name: 'Web shop',
    permissions: ['sendTemplates'],
    expiresAt: null,
    allowedNetworks: [],
  })
  await userEvent.click(screen.getByRole('button', { name: 'I have kept it' }))
  await waitFor(() => expect(screen.queryByDisplayValue('wapi_secret')).toBeNull())
})

test('a key is revoked after a question', async () => {
  const { of } = await showPage(<ApiKeysPage />, {
    answers: { [list]: { apiKeys: [key] }, 'DELETE /api/v1/api-keys/*': { success: true } },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for Web shop' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Revoke' }))
  expect(of('DELETE')).toHaveLength(0)
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Revoke' }))
  await waitFor(() => expect(of('DELETE')[0]?.path).toBe('/api/v1/api-keys/key-1'))
})

test('a key of somebody else can be revoked, not changed', async () => {
  await showPage(<ApiKeysPage />, {
    answers: { [list]: { apiKeys: [{ ...key, createdBy: 'user-2' }] } },
    role: 'manager',
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for Web shop' }))
  expect(await screen.findByRole('menuitem', { name: 'Revoke' })).toBeVisible()
  expect(screen.queryByRole('menuitem', { name: 'Name and addresses' })).toBeNull()
})
