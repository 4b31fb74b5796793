import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { mask } from '@/features/queues/secrets'
import { QueuesPage } from '@/features/queues/pages/queues_page'
import { changeLanguage } from '@/lib/i18n'
import { failure, never, showPage, testStates, type Answers, type Asked } from '@/lib/testing'

type Schemas = components['schemas']

const counts = (change: Partial<Schemas['QueueCounts']> = {}): Schemas['QueueCounts'] => ({
  pending: 0,
  delayed: 0,
  dead: 0,
  oldestAgeMs: 0,
  ...change,
})
const letter = (id: string, change: Partial<Schemas['DeadLetter']> = {}): Schemas['DeadLetter'] => ({
  id,
  kind: 'webhook.item',
  queue: 'webhooks',
  subject: '15550001111',
  attempts: 6,
  lastError: 'messages[0].id is missing',
  payload: '{"eventId":7,"ordinal":0}',
  eventId: '7',
  createdAt: '2026-11-22T21:30:00Z',
  diedAt: '2026-11-22T21:50:00Z',
  ...change,
})
const list = 'GET /api/v1/queues/dead'
const status: Answers = { 'GET /api/v1/queues/status': { webhooks: counts(), outbox: counts() } }
const page = (...jobs: Schemas['DeadLetter'][]) => ({ jobs, nextCursor: null })
const done = ({ body }: Asked) => ({
  results: (body as { ids: string[] }).ids.map((id) => ({ id, error: null })),
})

testStates('dead letters', {
  page: <QueuesPage />,
  answers: status,
  list,
  empty: { answer: page(), shows: 'No dead letters' },
})
testStates('the figures', {
  page: <QueuesPage />,
  answers: { [list]: page(letter('1')) },
  list: 'GET /api/v1/queues/status',
})

test('the figures say in words when something waits too long', async () => {
  await showPage(<QueuesPage />, {
    answers: {
      [list]: page(),
      'GET /api/v1/queues/status': {
        webhooks: counts({ pending: 1200, oldestAgeMs: 3 * 3_600_000, dead: 2 }),
        outbox: counts({ pending: 1, oldestAgeMs: 400 }),
      },
    },
  })
  const webhooks = within(await screen.findByRole('region', { name: 'Incoming from WhatsApp' }))
  expect(webhooks.getByRole('group', { name: 'Due now' })).toHaveTextContent('1,200')
  expect(webhooks.getByRole('group', { name: 'Oldest waits' })).toHaveTextContent('3 hr')
  expect(webhooks.getByRole('group', { name: 'Oldest waits' })).toHaveTextContent('something is wrong')
  const outbox = within(screen.getByRole('region', { name: 'Outgoing messages' }))
  expect(outbox.getByRole('group', { name: 'Oldest waits' })).toHaveTextContent('as it should be')
})

test('a letter opens with everything in it, as a tree and without secrets', async () => {
  const payload = JSON.stringify({ eventId: 7, accessToken: 'very-secret', '<img src=x>': { list: [1, 2] } })
  await showPage(<QueuesPage />, {
    answers: { ...status, [list]: page(letter('1', { payload, lastError: 'refused: Bearer abcdefgh12345' })) },
  })
  await userEvent.click(await screen.findByRole('button', { name: /^Update from WhatsApp/ }))
  const drawer = within(await screen.findByRole('dialog', { name: /Update from WhatsApp 1/ }))
  const tree = within(drawer.getByRole('group', { name: 'What it holds' }))
  expect(tree.getByText('eventId')).toBeVisible()
  expect(tree.getByText('<img src=x>')).toBeVisible()
  expect(tree.getByRole('img', { name: 'Hidden, because it may be a secret' })).toHaveTextContent(mask)
  expect(document.body).not.toHaveTextContent('very-secret')
  expect(document.body).not.toHaveTextContent('abcdefgh12345')
})

test('a letter that closes gives the focus back to its row', async () => {
  await showPage(<QueuesPage />, { answers: { ...status, [list]: page(letter('1')) } })
  const row = await screen.findByRole('button', { name: /^Update from WhatsApp/ })
  await userEvent.click(row)
  await screen.findByRole('dialog')
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(row).toHaveFocus()
})

test.each(['en', 'ar'] as const)('the drawer of a letter is at the end of the line in %s', async (language) => {
  await showPage(<QueuesPage />, { answers: { ...status, [list]: page(letter('7')) } })
  await userEvent.click(await screen.findByRole('button', { name: /^Update from WhatsApp/ }))
  const drawer = await screen.findByRole('dialog')
  await act(() => changeLanguage(language))
  // flex-end follows the direction by itself
  expect(drawer.closest<HTMLElement>('.mantine-Drawer-root')?.style.getPropertyValue('--drawer-justify')).toBe('flex-end')
})

test('one letter is replayed after a question, and the list is asked for anew', async () => {
  let jobs = [letter('1'), letter('2')]
  const { of } = await showPage(<QueuesPage />, {
    answers: {
      ...status,
      [list]: () => page(...jobs),
      'POST /api/v1/queues/dead/replay': (asked: Asked) => {
        jobs = [letter('2')]
        return done(asked)
      },
    },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for Update from WhatsApp 1' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Replay' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Replay this letter?' }))
  expect(of('POST')).toEqual([])
  await userEvent.click(dialog.getByRole('button', { name: 'Replay' }))
  expect(await screen.findByText('1 letter is back in its queue')).toBeVisible()
  expect(of('POST').map(({ body }) => body)).toEqual([{ ids: ['1'] }])
  await waitFor(() => expect(screen.queryByLabelText('Select Update from WhatsApp 1')).toBeNull())
})

test('many are discarded at once, and each that was refused is named with its reason', async () => {
  const { of } = await showPage(<QueuesPage />, {
    answers: {
      ...status,
      [list]: page(letter('1'), letter('2'), letter('3')),
      'POST /api/v1/queues/dead/discard': {
        results: [
          { id: '1', error: null },
          { id: '2', error: 'dead_letter_not_found' },
          { id: '3', error: null },
        ],
      },
    },
  })
  await userEvent.click(await screen.findByLabelText('Select all shown'))
  await userEvent.click(within(screen.getByRole('group', { name: '3 selected' })).getByRole('button', { name: 'Discard' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Discard 3 letters?' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Discard' }))
  const results = await screen.findByRole('status')
  expect(results).toHaveTextContent('2 letters were discarded')
  expect(results).toHaveTextContent('Update from WhatsApp 2: This letter is gone')
  expect(of('POST').map(({ body }) => body)).toEqual([{ ids: ['1', '2', '3'] }])
  expect(screen.queryByRole('group', { name: /selected/ })).toBeNull()
})

test('more than a request may name go in several', async () => {
  const jobs = Array.from({ length: 101 }, (_, at) => letter(String(at + 1)))
  const { of } = await showPage(<QueuesPage />, {
    answers: { ...status, [list]: page(...jobs), 'POST /api/v1/queues/dead/replay': done },
  })
  await userEvent.click(await screen.findByLabelText('Select all shown'))
  await userEvent.click(within(screen.getByRole('group', { name: '101 selected' })).getByRole('button', { name: 'Replay' }))
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Replay' }))
  expect(await screen.findByText('101 letters are back in their queues')).toBeVisible()
  expect(of('POST').map(({ body }) => (body as { ids: string[] }).ids.length)).toEqual([100, 1])
})

test('a refusal stays in the question', async () => {
  await showPage(<QueuesPage />, {
    answers: { ...status, [list]: page(letter('1')), 'POST /api/v1/queues/dead/replay': failure(503, 'backlog_full') },
  })
  await userEvent.click(await screen.findByLabelText('Select all shown'))
  await userEvent.click(within(screen.getByRole('group', { name: '1 selected' })).getByRole('button', { name: 'Replay' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.click(dialog.getByRole('button', { name: 'Replay' }))
  expect(await dialog.findByRole('alert')).toHaveTextContent('Too much waits')
})

test('stored webhooks are processed again by id, after what is wrong was mended', async () => {
  const { of } = await showPage(<QueuesPage />, {
    answers: {
      ...status,
      [list]: never,
      'POST /api/v1/webhook-events/replay': Response.json(
        { success: true, replayId: '99', queued: 2 },
        { status: 202 },
      ),
    },
  })
  const form = within(await screen.findByRole('form', { name: 'Process stored webhooks again' }))
  await userEvent.click(form.getByRole('button', { name: 'Process again…' }))
  expect(form.getByRole('alert')).toHaveTextContent('Give both times.')
  await userEvent.click(form.getByRole('radio', { name: 'By id' }))
  await userEvent.type(form.getByLabelText('Ids of stored webhooks'), '12 13')
  await userEvent.click(form.getByRole('button', { name: 'Process again…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Process these webhooks again?' }))
  expect(dialog.getByText(/2 stored webhooks\./)).toBeVisible()
  await userEvent.click(dialog.getByRole('button', { name: 'Process again' }))
  expect(await form.findByRole('status')).toHaveTextContent('Started as 99: 2 webhooks.')
  expect(of('POST').map(({ body }) => body)).toEqual([{ ids: ['12', '13'] }])
})
