// Goal: an older page that cannot be had is asked for once, and again when somebody wants it. Method: a server that
// refuses it; one that is asked without end would stop answering, so that the test ends.
import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { at, listPath, openThread, thread, threadPath, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'
import { conversation, message } from '@/features/inbox/testing_data'
import { failure, never, showPage, user, type Asked } from '@/lib/testing'

beforeEach(() => {
  giveSizes()
  localStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

/** The first page with a cursor; then refused, until `heal` is called. */
function refusing(first: object, next: object) {
  let refused = 0
  let healed = false
  const answer = ({ query }: Asked) => {
    if (query.get('cursor') === null) return { ...first, nextCursor: 'older' }
    if (healed) return { ...next, nextCursor: null }
    refused += 1
    return refused > 20 ? never() : failure(422, 'internal_error')
  }
  return { answer, refused: () => refused, heal: () => (healed = true) }
}
const tryAgain = async () => userEvent.click(await screen.findByRole('button', { name: 'Try again' }))
/** Long enough for many requests that follow one another. */
const letItRun = () => act(async () => {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
})

test('a thread opens at its newest message, and asks for no older ones', async () => {
  giveSizes({ entryPx: 60 })
  const messages = Array.from({ length: 50 }, (_, index) => message({ id: `message-${index}`, body: `Number ${index}` }))
  const { asked } = await openThread({ [threadPath]: { ...thread(...messages), nextCursor: 'older' } })
  expect(await screen.findByText('Number 0')).toBeInTheDocument()
  await letItRun()
  expect(screen.queryByText('Number 49')).toBeNull()
  expect(asked.filter(({ query }) => query.has('cursor'))).toEqual([])
})

test('the newest messages come by the screen, older ones as many at a time as the server gives', async () => {
  const page = ({ query }: Asked) => {
    const cursor = query.get('cursor')
    if (cursor === null) return { messages: [message({ id: 'message-2', body: 'Newest' })], nextCursor: 'second' }
    if (cursor === 'second') return { messages: [message({ id: 'message-1', body: 'Older' })], nextCursor: 'third' }
    return { messages: [message({ id: 'message-0', body: 'Oldest' })], nextCursor: null }
  }
  const { asked } = await showPage(at('/inbox/conversation-1?message=message-0'), { answers: { ...usual, [threadPath]: page } })
  expect(await screen.findByText('Oldest')).toBeInTheDocument()
  const pagesAsked = asked.filter(({ path }) => path.endsWith('/messages')).map(({ query }) => `${query.get('cursor')}: ${query.get('limit')}`)
  expect(new Set(pagesAsked)).toEqual(new Set(['null: 50', 'second: 200', 'third: 200']))
})

test('a thread that fits on a tall screen is there whole', async () => {
  giveSizes({ entryPx: 60, screenPx: 1_000 })
  const messages = Array.from({ length: 14 }, (_, index) => message({ id: `message-${index}`, body: `Number ${index}.` }))
  await openThread({ [threadPath]: thread(...messages) })
  for (const { body } of messages) expect(await screen.findByText(body as string)).toBeInTheDocument()
})

describe('an older page that fails is asked for once', () => {
  test('of the list', async () => {
    const list = refusing({ conversations: [conversation()] }, { conversations: [conversation({ id: 'conversation-2', contact: { ...conversation().contact, name: 'Second' } })] })
    await showPage(at('/inbox'), { answers: { ...usual, [listPath]: list.answer } })
    await waitFor(() => expect(list.refused()).toBeGreaterThan(0))
    await letItRun()
    expect(list.refused()).toBe(1)
    list.heal()
    await tryAgain()
    expect(await screen.findByText('Second')).toBeInTheDocument()
  })

  test('of the thread, also on the way to what a search has found', async () => {
    const older = refusing({ messages: [message()] }, { messages: [message({ id: 'message-0', body: 'Older' })] })
    await showPage(at('/inbox/conversation-1?message=message-0'), { answers: { ...usual, [threadPath]: older.answer } })
    await waitFor(() => expect(older.refused()).toBeGreaterThan(0))
    await letItRun()
    expect(older.refused()).toBeLessThan(3)
    older.heal()
    await tryAgain()
    expect(await screen.findByText('Older')).toBeInTheDocument()
    expect(screen.queryByText(/too far up/)).toBeNull()
  })

  test('of the notes', async () => {
    const note = { id: 'note-1', conversationId: 'conversation-1', author: { kind: 'user', id: user.id, name: user.name }, text: 'Newer note', mentions: [], createdAt: '2026-11-26T10:01:00Z' }
    const notes = refusing({ notes: [note] }, { notes: [{ ...note, id: 'note-0', text: 'Older note', createdAt: '2026-11-26T10:00:30Z' }] })
    await openThread({ [threadPath]: thread(message()), 'GET /api/v1/conversations/*/notes': notes.answer })
    await waitFor(() => expect(notes.refused()).toBeGreaterThan(0))
    await letItRun()
    expect(notes.refused()).toBe(1)
    notes.heal()
    await tryAgain()
    expect(await screen.findByText('Older note')).toBeInTheDocument()
  })
})
