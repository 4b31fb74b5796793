import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { AuditLogPage } from '@/features/audit_log/pages/audit_log_page'
import { failure, showPage, testStates, user, type Answers, type Asked } from '@/lib/testing'

type Schemas = components['schemas']

const list = 'GET /api/v1/audit-logs'
const details: object = { changed: ['name'] }
const entry = (change: Partial<Schemas['AuditEntry']> = {}): Schemas['AuditEntry'] => ({
  id: '42',
  action: 'contact.updated',
  actor: { kind: 'user', id: user.id },
  resource: { type: 'contact', id: 'contact-1' },
  details: details as Schemas['AuditEntry']['details'],
  ip: '192.0.2.1',
  userAgent: 'Firefox',
  requestId: 'request-1',
  createdAt: '2026-11-22T21:30:00Z',
  hash: 'abc',
  ...change,
})
const page = (logs: Schemas['AuditEntry'][], nextCursor: string | null = null): Schemas['AuditPage'] => ({
  logs,
  total: logs.length,
  nextCursor,
})
const people: Answers = {
  'GET /api/v1/admin/team/members': { members: [], nextCursor: null },
  'GET /api/v1/api-keys': { apiKeys: [] },
}
const answers: Answers = { ...people, [list]: page([entry()]) }

testStates('the log', {
  page: <AuditLogPage />,
  answers: people,
  list,
  empty: { answer: page([]), shows: 'Nothing has happened yet' },
})

test('nobody is asked for names whom one may not see', async () => {
  const { asked } = await showPage(<AuditLogPage />, { answers: { [list]: page([entry()]) }, allowed: ['viewAuditLogs'] })
  await screen.findByRole('button', { name: /contact\.updated/ })
  expect(asked.map((one) => one.path)).toEqual(['/api/v1/audit-logs'])
})

test('entries come a page at a time', async () => {
  const pages = ({ query }: Asked) =>
    query.get('cursor') === 'next' ? page([entry({ id: '41', action: 'user.login' })]) : page([entry()], 'next')
  await showPage(<AuditLogPage />, { answers: { ...people, [list]: pages } })
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
  expect(await screen.findByRole('button', { name: /user\.login/ })).toBeVisible()
  expect(screen.getByRole('button', { name: /contact\.updated/ })).toBeVisible()
})

test('an action is told in plain words, with its code, and a newer one as its code', async () => {
  await showPage(<AuditLogPage />, { answers: { ...people, [list]: page([entry(), entry({ id: '41', action: 'moon.landed' })]) } })
  expect(await screen.findByRole('button', { name: /Contact changed\s*contact\.updated/ })).toBeVisible()
  expect(screen.getByRole('button', { name: /moon\.landed/ })).toBeVisible()
  await userEvent.type(screen.getByLabelText('Action', { selector: 'input' }), 'changed')
  expect(await screen.findByRole('option', { name: /Password changed/ })).toBeVisible()
})

test('a filter that finds nothing can be cleared', async () => {
  const found = ({ query }: Asked) => page(query.get('action') ? [] : [entry()])
  await showPage(<AuditLogPage />, { answers: { ...people, [list]: found } })
  await screen.findByRole('button', { name: /contact\.updated/ })
  await userEvent.type(screen.getByLabelText('Action', { selector: 'input' }), 'no.such')
  expect(await screen.findByText('Nothing matches')).toBeVisible()
  await userEvent.click(screen.getAllByRole('button', { name: 'Clear the filters' })[0] ?? document.body)
  expect(await screen.findByRole('button', { name: /contact\.updated/ })).toBeVisible()
})

test('an entry opens with everything in it', async () => {
  await showPage(<AuditLogPage />, { answers })
  await userEvent.click(await screen.findByRole('button', { name: /contact\.updated/ }))
  const drawer = await screen.findByRole('dialog', { name: 'Entry 42' })
  for (const text of ['192.0.2.1', 'Firefox', 'request-1', 'abc', user.name]) {
    expect(within(drawer).getByText(text)).toBeVisible()
  }
  expect(drawer).toHaveTextContent('"changed"')
})

describe('the proof', () => {
  const proof = (change: Partial<Schemas['AuditProof']>): Schemas['AuditProof'] => ({
    entries: 10,
    prunedThrough: null,
    firstBadEntry: null,
    whole: null,
    nextCursor: null,
    ...change,
  })
  const verify = 'GET /api/v1/audit-logs/verify'

  test('goes through all parts', async () => {
    const parts = ({ query }: Asked) =>
      query.get('cursor') === 'part-2' ? proof({ entries: 5, whole: true }) : proof({ nextCursor: 'part-2' })
    await showPage(<AuditLogPage />, { answers: { ...answers, [verify]: parts } })
    await userEvent.click(screen.getByRole('button', { name: 'Check it' }))
    expect(await screen.findByText('Whole: all 15 entries are as they were written')).toBeVisible()
  })

  test('names the first bad entry', async () => {
    await showPage(<AuditLogPage />, {
      answers: { ...answers, [verify]: proof({ whole: false, firstBadEntry: '17' }) },
    })
    await userEvent.click(screen.getByRole('button', { name: 'Check it' }))
    expect(await screen.findByText(/entry 17 was changed/)).toBeVisible()
  })
})

describe('the export', () => {
  const exported = 'GET /api/v1/audit-logs/export'
  const created = vi.fn<(blob: Blob) => string>(() => 'blob:file')
  afterEach(() => created.mockClear())

  async function exportAs(format: string, answer: unknown) {
    URL.createObjectURL = created as typeof URL.createObjectURL
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    const shown = await showPage(<AuditLogPage />, { answers: { ...answers, [exported]: answer } })
    await userEvent.click(screen.getByRole('button', { name: 'Export' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: format }))
    return { ...shown, clicked }
  }

  test('hands the whole stream over as a file', async () => {
    const { asked, clicked } = await exportAs('As CSV, for spreadsheets', new Response('id,action\r\n42,user.login\r\n'))
    expect(await screen.findByText('The file is complete.')).toBeVisible()
    expect(clicked).toHaveBeenCalledOnce()
    expect(created.mock.calls[0]?.[0].size).toBe(26)
    expect(asked.find((one) => one.path.endsWith('/export'))?.query.get('format')).toBe('csv')
  })

  test('makes no file of a stream that breaks', async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"id":"42"}\n'))
            controller.error(new TypeError('network error'))
          },
        }),
      )
    await exportAs('As JSON Lines, for programs', broken)
    expect(await screen.findByRole('alert')).toHaveTextContent('This did not work')
    expect(created).not.toHaveBeenCalled()
  })

  test('says why it was refused', async () => {
    await exportAs('As CSV, for spreadsheets', failure(429, 'too_many_exports'))
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('Two exports are under way'))
  })
})
