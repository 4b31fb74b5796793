import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { Tenant } from '@/features/operator/api/workspaces'
import { WorkspacesPage } from '@/features/operator/pages/workspaces_page'
import { At } from '@/features/operator/testing'
import { failure, showPage, testStates, type Answers } from '@/lib/testing'

const tenant = (change: Partial<Tenant> = {}): Tenant => ({
  id: 'workspace-1',
  name: 'Corner Shop',
  plan: 'free',
  createdAt: '2026-11-22T21:30:00Z',
  suspendedAt: null,
  suspendedReason: '',
  members: 3,
  numbers: 1,
  requestsPerMinute: 100,
  ownLimit: null,
  ...change,
})
const list = 'GET /api/v1/operator/workspaces'
const page = <At page={WorkspacesPage} />
const found = (...workspaces: Tenant[]) => ({ workspaces, nextCursor: null })
const show = (answers: Answers) => showPage(page, { answers: { [list]: found(tenant()), ...answers } })

testStates('workspaces', { page, list, empty: { answer: found(), shows: 'No workspaces yet' } })

async function choose(item: string, name = 'Corner Shop') {
  await userEvent.click(await screen.findByRole('button', { name: `Actions for ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
  return within(await screen.findByRole('dialog'))
}

test('a name and a state narrow the list', async () => {
  const { of } = await show({})
  await screen.findByText('Corner Shop')
  await userEvent.type(screen.getByLabelText('Part of the name or id'), 'corner')
  await userEvent.click(screen.getByRole('radio', { name: 'Suspended' }))
  await waitFor(() => expect(of('GET').at(-1)?.query.toString()).toBe('limit=50&q=corner&suspended=true'))
  await userEvent.click(screen.getByRole('radio', { name: 'Active' }))
  await waitFor(() => expect(of('GET').at(-1)?.query.get('suspended')).toBe('false'))
})

test('a workspace is suspended with a reason only', async () => {
  const { of } = await show({ 'POST /api/v1/operator/workspaces/*/suspend': { workspace: tenant() } })
  const dialog = await choose('Suspend…')
  await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }))
  expect(dialog.getByText('Say why.')).toBeVisible()
  await userEvent.click(dialog.getByLabelText('Reason'))
  await userEvent.paste('ü'.repeat(251))
  await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }))
  expect(dialog.getByText('At most 500 bytes.')).toBeVisible()
  expect(of('POST')).toEqual([])
  await userEvent.clear(dialog.getByLabelText('Reason'))
  await userEvent.type(dialog.getByLabelText('Reason'), ' Unpaid since March ')
  await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(of('POST').map(({ path, body }) => [path, body])).toEqual([
    ['/api/v1/operator/workspaces/workspace-1/suspend', { reason: 'Unpaid since March' }],
  ])
})

test('a suspended one says why, and is resumed after a question', async () => {
  const suspended = tenant({ suspendedAt: '2026-11-25T10:00:00Z', suspendedReason: 'Unpaid' })
  const { of } = await show({
    [list]: found(suspended),
    'POST /api/v1/operator/workspaces/*/resume': { workspace: tenant() },
  })
  const row = await screen.findByRole('listitem')
  expect(row).toHaveTextContent('Suspended')
  expect(row).toHaveTextContent('Unpaid')
  const dialog = await choose('Resume…')
  expect(dialog.getByText('Unpaid')).toBeVisible()
  await userEvent.click(dialog.getByRole('button', { name: 'Resume' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(of('POST').map(({ path }) => path)).toEqual(['/api/v1/operator/workspaces/workspace-1/resume'])
})

test('plan and own limit are changed together, and the limit is given back', async () => {
  let shown = tenant()
  const { of } = await show({
    [list]: () => found(shown),
    'PATCH /api/v1/operator/workspaces/*': () => {
      shown = tenant({ plan: 'pro', requestsPerMinute: 2000, ownLimit: 2000 })
      return { workspace: shown }
    },
  })
  let dialog = await choose('Plan and limit…')
  await userEvent.selectOptions(dialog.getByLabelText('Plan'), 'Pro')
  await userEvent.click(dialog.getByRole('switch', { name: /^A limit of its own/ }))
  const field = dialog.getByLabelText('Requests to the API a minute')
  await userEvent.clear(field)
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  expect(dialog.getByText(/A whole number from 1/)).toBeVisible()
  await userEvent.type(field, '2000')
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText(/own limit/)).toBeVisible()
  dialog = await choose('Plan and limit…')
  await userEvent.click(dialog.getByRole('switch', { name: /^A limit of its own/ }))
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(of('PATCH').map(({ body }) => body)).toEqual([
    { plan: 'pro', ownLimit: 2000 },
    { plan: 'pro', ownLimit: null },
  ])
})

test('a refusal stays in the dialog', async () => {
  await show({ 'POST /api/v1/operator/workspaces/*/suspend': failure(404, 'not_found') })
  const dialog = await choose('Suspend…')
  await userEvent.type(dialog.getByLabelText('Reason'), 'Unpaid')
  await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }))
  expect(await dialog.findByRole('alert')).toBeVisible()
})
