import { focusManager } from '@tanstack/react-query'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { WorkspacePage } from '@/features/workspace/pages/workspace_page'
import { failure, showPage, testStates, type Asked } from '@/lib/testing'

type Workspace = components['schemas']['Workspace']

const list = 'GET /api/v1/workspace'
const change = 'PATCH /api/v1/workspace'
const settings: object = { audit: { retentionDays: 365 }, optOut: { stopAdded: ['basta'] } }
const workspace: Workspace = {
  id: 'workspace-1',
  name: 'Corner Shop',
  plan: 'pro',
  suspended: false,
  suspendedReason: '',
  settings: settings as Workspace['settings'],
  esbFlow: {
    status: 'not_connected',
    statusReason: '',
    webhooksSubscribed: false,
    phoneRegistered: false,
    wabaId: null,
    phoneNumberId: null,
    displayPhone: null,
  },
  phoneNumbers: [],
  createdAt: '2026-11-01T00:00:00Z',
}

testStates('the workspace', { page: <WorkspacePage />, list })

const card = (name: string) => screen.findByRole('region', { name })

test('the name is changed, and only the name', async () => {
  const { of } = await showPage(<WorkspacePage />, {
    answers: { [list]: workspace, [change]: { ...workspace, name: 'New Shop' } },
  })
  const form = within(await card('Name'))
  expect(form.getByRole('button', { name: 'Save' })).toBeDisabled()
  await userEvent.clear(form.getByRole('textbox'))
  expect(form.getByRole('button', { name: 'Save' })).toBeDisabled()
  await userEvent.type(form.getByRole('textbox'), ' New Shop ')
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  expect(await form.findByText('Saved')).toBeVisible()
  expect(of('PATCH')[0]?.body).toEqual({ name: 'New Shop' })
})

test('the switch of the inbox sends its one setting', async () => {
  const { of } = await showPage(<WorkspacePage />, {
    answers: { [list]: workspace, [change]: { ...workspace, settings: { inbox: { showUnassigned: true } } } },
  })
  const shown = await screen.findByRole('switch')
  expect(shown).not.toBeChecked()
  await userEvent.click(shown)
  await waitFor(() => expect(shown).toBeChecked())
  expect(of('PATCH')[0]?.body).toEqual({ settings: { inbox: { showUnassigned: true } } })
})

test('words are added to the stop words', async () => {
  const { of } = await showPage(<WorkspacePage />, { answers: { [list]: workspace, [change]: workspace } })
  const form = within(await card('Words to stop and start'))
  expect(form.getByText('basta')).toBeVisible()
  await userEvent.type(form.getByLabelText('Also mean stop', { selector: 'input' }), 'fuera{Enter}')
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('PATCH')).toHaveLength(1))
  expect(of('PATCH')[0]?.body).toEqual({ settings: { optOut: { stopAdded: ['basta', 'fuera'] } } })
})

test('words that a colleague changed while the page was open stay as they are', async () => {
  let stored: object = { optOut: { stopAdded: ['basta', 'alto'], startAdded: ['hola'] } }
  const { of } = await showPage(<WorkspacePage />, {
    answers: {
      [list]: () => ({ ...workspace, settings: stored }),
      [change]: () => ({ ...workspace, settings: stored }),
    },
  })
  const form = within(await card('Words to stop and start'))
  await userEvent.type(form.getByLabelText('Also mean stop', { selector: 'input' }), '{Backspace}fuera{Enter}')
  stored = { optOut: { stopAdded: ['basta', 'alto', 'nunca'], startAdded: ['hola', 'vuelvo'] } }
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('PATCH')).toHaveLength(1))
  expect(of('PATCH')[0]?.body).toEqual({ settings: { optOut: { stopAdded: ['basta', 'nunca', 'fuera'] } } })
})

test('what was saved of the words is no change any more, whatever a colleague does then', async () => {
  let stored: object = { optOut: { stopAdded: ['basta'] } }
  const { of } = await showPage(<WorkspacePage />, {
    answers: {
      [list]: () => ({ ...workspace, settings: stored }),
      [change]: ({ body }: Asked) => {
        stored = (body as { settings: object }).settings
        return { ...workspace, settings: stored }
      },
    },
  })
  const form = within(await card('Words to stop and start'))
  await userEvent.type(form.getByLabelText('Also mean stop', { selector: 'input' }), 'fuera{Enter}')
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  expect(await form.findByText('Saved')).toBeVisible()
  stored = { optOut: { stopAdded: ['basta'] } }
  focusManager.setFocused(false)
  focusManager.setFocused(true)
  await waitFor(() => expect(form.queryByText('fuera')).toBeNull())
  focusManager.setFocused(undefined)
  expect(form.getByRole('button', { name: 'Save' })).toBeDisabled()
  expect(of('PATCH')).toHaveLength(1)
})

test('fewer days of the audit log are asked first', async () => {
  const { of } = await showPage(<WorkspacePage />, { answers: { [list]: workspace, [change]: workspace } })
  const form = within(await card('Audit log'))
  await userEvent.clear(form.getByRole('textbox'))
  await userEvent.type(form.getByRole('textbox'), '100')
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  const dialog = await screen.findByRole('dialog')
  expect(dialog).toHaveTextContent('Entries older than 100 days')
  expect(of('PATCH')).toHaveLength(0)
  await userEvent.click(within(dialog).getByRole('button', { name: 'Keep for fewer days' }))
  await waitFor(() => expect(of('PATCH')[0]?.body).toEqual({ settings: { audit: { retentionDays: 100 } } }))
})

test('a refusal is shown where the form is', async () => {
  await showPage(<WorkspacePage />, { answers: { [list]: workspace, [change]: failure(403, 'workspace_suspended') } })
  const form = within(await card('Name'))
  await userEvent.type(form.getByRole('textbox'), '!')
  await userEvent.click(form.getByRole('button', { name: 'Save' }))
  expect(await form.findByRole('alert')).toHaveTextContent('suspended')
})

test('the plan tells how many requests a minute it gives', async () => {
  const headers = { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '75' }
  await showPage(<WorkspacePage />, { answers: { [list]: () => Response.json(workspace, { headers }) } })
  const plan = await card('Plan')
  await waitFor(() => expect(plan).toHaveTextContent('25 of 100 used in this minute'))
  expect(plan).toHaveTextContent('100 API requests a minute')
})
