// The team page against answers of the server: its lists in every state, and each act with its request.
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { permissions } from '@/api/generated/permissions'
import { TeamPage } from '@/features/team/pages/team_page'
import { failure, showPage, testStates, user, type Answers } from '@/lib/testing'

type Schemas = components['schemas']

const at = '2026-11-20T10:00:00Z'
const agentRights: Schemas['Permission'][] = ['sendMessages', 'viewContacts']

const member = (change: Partial<Schemas['Member']>): Schemas['Member'] => ({
  id: 'member-2',
  name: 'Ana Pereira',
  email: 'ana@example.com',
  role: 'agent',
  roleName: 'agent',
  overrides: { grant: [], deny: ['sendTemplates'] },
  restrictions: { assignedTags: [], assignedPhones: [] },
  permissions: agentRights,
  joinedAt: at,
  ...change,
})
const ana = member({})
const owner = member({ id: user.id, name: user.name, email: user.email, role: 'owner', permissions: [...permissions] })

const role = (id: string, rights: Schemas['Permission'][]): Schemas['Role'] => ({
  id,
  name: id,
  builtIn: true,
  permissions: rights,
  members: 1,
})
const invite: Schemas['Invite'] = {
  id: 'invite-1',
  email: 'new@example.com',
  role: 'agent',
  roleName: 'agent',
  createdAt: at,
  expiresAt: '2100-01-01T00:00:00Z',
}
const answers: Answers = {
  'GET /api/v1/admin/team/members': { members: [owner, ana], nextCursor: null },
  'GET /api/v1/admin/team/roles': { roles: [role('owner', [...permissions]), role('agent', agentRights)] },
  'GET /api/v1/admin/team/invites': { invites: [invite] },
}

testStates('the list of members', {
  page: <TeamPage />,
  answers,
  list: 'GET /api/v1/admin/team/members',
  empty: { answer: { members: [], nextCursor: null }, shows: 'Nobody found' },
})
testStates('the list of invites', {
  page: <TeamPage />,
  answers,
  list: 'GET /api/v1/admin/team/invites',
  empty: { answer: { invites: [] }, shows: 'No open invites' },
})

async function openMenu(name: string, entry: string) {
  await userEvent.click(await screen.findByRole('button', { name: `Actions for ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: entry }))
  return screen.findByRole('dialog')
}

describe('members', () => {
  test('are searched by the server', async () => {
    const { asked } = await showPage(<TeamPage />, { answers })
    await screen.findByText('Ana Pereira')
    await userEvent.type(screen.getByRole('searchbox'), 'ana')
    await waitFor(() => expect(asked.some((one) => one.query.get('q') === 'ana')).toBe(true))
  })

  test('come a page at a time', async () => {
    const pages = (asked: { query: URLSearchParams }) =>
      asked.query.get('cursor') === 'next'
        ? { members: [member({ id: 'member-3', name: 'Mia Wong' })], nextCursor: null }
        : { members: [ana], nextCursor: 'next' }
    await showPage(<TeamPage />, { answers: { ...answers, 'GET /api/v1/admin/team/members': pages } })
    await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
    expect(await screen.findByText('Mia Wong')).toBeVisible()
    expect(screen.getByText('Ana Pereira')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  })

  test('who have more than oneself cannot be changed', async () => {
    await showPage(<TeamPage />, { answers, role: 'lead', allowed: ['manageTeam', ...agentRights] })
    expect(await screen.findByRole('button', { name: 'Actions for Ana Pereira' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Actions for Olga Owner' })).toBeNull()
  })

  test('are removed after a question, and the focus returns', async () => {
    const { of } = await showPage(<TeamPage />, {
      answers: { ...answers, 'DELETE /api/v1/admin/team/members/*': { success: true } },
    })
    const dialog = await openMenu('Ana Pereira', 'Remove from the team')
    expect(of('DELETE')).toHaveLength(0)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.getByRole('button', { name: 'Actions for Ana Pereira' })).toHaveFocus())
    expect(of('DELETE')).toHaveLength(0)

    const again = await openMenu('Ana Pereira', 'Remove from the team')
    await userEvent.click(within(again).getByRole('button', { name: 'Remove from the team' }))
    await waitFor(() => expect(of('DELETE')[0]?.path).toBe('/api/v1/admin/team/members/member-2'))
  })

  test('get another role, and a refusal is explained', async () => {
    const { of } = await showPage(<TeamPage />, {
      answers: { ...answers, 'PATCH /api/v1/admin/team/members/*/role': failure(409, 'last_owner') },
    })
    const dialog = await openMenu('Ana Pereira', 'Change the role')
    await userEvent.selectOptions(within(dialog).getByRole('combobox'), 'owner')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Change the role' }))
    expect(await within(dialog).findByText(/at least one owner/)).toBeVisible()
    expect(of('PATCH')[0]?.body).toEqual({ role: 'owner' })
  })

  test('get rights of their own', async () => {
    const { of } = await showPage(<TeamPage />, {
      answers: { ...answers, 'PATCH /api/v1/admin/team/members/*/overrides': ana },
    })
    const dialog = await openMenu('Ana Pereira', 'Own rights')
    await userEvent.selectOptions(within(dialog).getByRole('combobox', { name: 'See reports' }), 'Always')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(of('PATCH')[0]?.body).toEqual({ grant: ['viewReports'], deny: ['sendTemplates'] }))
  })
})

describe('invites', () => {
  test('give a link that is shown once', async () => {
    const link = 'https://wapi.example/app/accept-invite#token=abc'
    const made: Schemas['InviteLink'] = { invite, link, mailed: false }
    const { of } = await showPage(<TeamPage />, { answers: { ...answers, 'POST /api/v1/admin/team/invite': made } })
    await userEvent.click(screen.getByRole('button', { name: 'Invite someone' }))
    await userEvent.type(await screen.findByLabelText(/E-mail address/), 'new@example.com')
    await userEvent.click(screen.getByRole('button', { name: 'Make the invite' }))
    expect(await screen.findByDisplayValue(link)).toBeVisible()
    expect(screen.getByText(/This server sends no mail/)).toBeVisible()
    expect(of('POST')[0]?.body).toEqual({ email: 'new@example.com', role: 'agent' })
    await userEvent.click(screen.getByRole('button', { name: 'Done' }))
    await waitFor(() => expect(screen.queryByDisplayValue(link)).toBeNull())
  })

  test('are taken back after a question', async () => {
    const { of } = await showPage(<TeamPage />, {
      answers: { ...answers, 'DELETE /api/v1/admin/team/invites/*': { success: true } },
    })
    const dialog = await openMenu('new@example.com', 'Take it back')
    expect(of('DELETE')).toHaveLength(0)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Take it back' }))
    await waitFor(() => expect(of('DELETE')[0]?.path).toBe('/api/v1/admin/team/invites/invite-1'))
  })
})
