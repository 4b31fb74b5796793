// The matrix: built-in roles are read only, ticks of own roles are saved together.
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { permissions } from '@/api/generated/permissions'
import { RolesPage } from '@/features/team/pages/roles_page'
import { failure, showPage, testStates, type Answers } from '@/lib/testing'

type Role = components['schemas']['Role']

const agent: Role = { id: 'agent', name: 'agent', builtIn: true, permissions: ['sendMessages'], members: 2 }
const night: Role = { id: 'role-1', name: 'Night shift', builtIn: false, permissions: ['viewContacts'], members: 0 }
const answers: Answers = { 'GET /api/v1/admin/team/roles': { roles: [agent, night] } }

testStates('the list of roles', {
  page: <RolesPage />,
  list: 'GET /api/v1/admin/team/roles',
  empty: { answer: { roles: [] }, shows: 'There are no roles' },
})

test('every permission has a row with a name and an explanation', async () => {
  await showPage(<RolesPage />, { answers })
  const table = await screen.findByRole('table')
  expect(within(table).getAllByRole('rowheader')).toHaveLength(permissions.length)
})

test('a built-in role has no boxes, an own one has', async () => {
  await showPage(<RolesPage />, { answers })
  expect(await screen.findByRole('checkbox', { name: 'Night shift: See contacts' })).toBeChecked()
  expect(screen.queryByRole('checkbox', { name: /^Agent:/ })).toBeNull()
})

test('who has less than a role cannot tick it', async () => {
  await showPage(<RolesPage />, { answers, role: 'lead', allowed: ['manageTeam'] })
  await screen.findByRole('table')
  expect(screen.queryByRole('checkbox')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Actions for Night shift' })).toBeNull()
})

test('ticks are saved together, or thrown away', async () => {
  const { of } = await showPage(<RolesPage />, {
    answers: { ...answers, 'PATCH /api/v1/admin/team/roles/*': night },
  })
  const send = await screen.findByRole('checkbox', { name: 'Night shift: Send messages' })
  await userEvent.click(send)
  expect(screen.getByText('1 change not saved')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Discard' }))
  expect(send).not.toBeChecked()

  await userEvent.click(send)
  await userEvent.click(screen.getByRole('checkbox', { name: 'Night shift: See contacts' }))
  expect(of('PATCH')).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('PATCH')).toHaveLength(1))
  expect(of('PATCH')[0]).toMatchObject({
    path: '/api/v1/admin/team/roles/role-1',
    body: { permissions: ['sendMessages'] },
  })
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Discard' })).toBeNull())
})

test('ticks that were refused stay, with the reason', async () => {
  await showPage(<RolesPage />, {
    answers: { ...answers, 'PATCH /api/v1/admin/team/roles/*': failure(403, 'beyond_own_rights') },
  })
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Night shift: Send messages' }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('more rights than you have')
  expect(screen.getByRole('checkbox', { name: 'Night shift: Send messages' })).toBeChecked()
})

test('a role begins with the rights of another', async () => {
  const { of } = await showPage(<RolesPage />, { answers: { ...answers, 'POST /api/v1/admin/team/roles': night } })
  await userEvent.click(await screen.findByRole('button', { name: 'New role' }))
  await userEvent.type(await screen.findByLabelText(/^Name/), 'Early shift')
  await userEvent.click(screen.getByRole('button', { name: 'Make the role' }))
  await waitFor(() => expect(of('POST')[0]?.body).toEqual({ name: 'Early shift', permissions: ['sendMessages'] }))
})
