import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { permissions } from '@/api/generated/permissions'
import { at, listPath, openThread, page, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'
import { conversation, inHours, message, rowContact } from '@/features/inbox/testing_data'
import { failure, never, showPage, user, type Answers } from '@/lib/testing'

beforeEach(() => {
  giveSizes()
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

describe('acts', () => {
  const state = (change: object) => ({ id: 'conversation-1', status: 'open', snoozedUntil: null, assigneeId: null, ...change })
  const seen = { status: 'open', lastMessageId: 'message-1' }
  /** The server answers as it stands after the act. */
  const changing = () => {
    let now = conversation()
    return {
      'GET /api/v1/conversations/*': () => now,
      [listPath]: () => page([now]),
      act: (to: object) => () => {
        now = conversation(to)
        return state(to)
      },
    }
  }
  const open = async (answers: Answers = {}) => {
    const shown = await openThread(answers)
    await screen.findByRole('article')
    return { posted: () => shown.of('POST').map(({ path, body }) => ({ path: path.split('/').at(-1), body })) }
  }

  test('resolving leaves the list, and is taken back by a key', async () => {
    const { act: become, ...answers } = changing()
    const { posted } = await open({
      ...answers,
      'POST /api/v1/conversations/*/resolve': become({ status: 'resolved' }),
      'POST /api/v1/conversations/*/reopen': become({}),
    })
    await userEvent.keyboard('e')
    expect(await screen.findByRole('button', { name: 'Undo' })).toBeVisible()
    expect(posted()).toEqual([{ path: 'resolve', body: { expected: seen } }])
    expect(screen.getByRole('button', { name: 'Reopen' })).toBeVisible()
    await userEvent.keyboard('z')
    await waitFor(() => expect(posted().at(-1)).toEqual({ path: 'reopen', body: { expected: { ...seen, status: 'resolved' } } }))
    expect(await screen.findByText('Undone')).toBeVisible()
  })

  test('what is taken back before its answer is here is taken back after it', async () => {
    const { act: become, ...answers } = changing()
    const { posted } = await open({
      ...answers,
      'POST /api/v1/conversations/*/resolve': become({ status: 'resolved' }),
      'POST /api/v1/conversations/*/reopen': become({}),
    })
    await userEvent.setup({ delay: null }).keyboard('ez')
    expect(await screen.findByText('Undone')).toBeVisible()
    expect(posted().map(({ path }) => path)).toEqual(['resolve', 'reopen'])
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('snoozing until tomorrow', async () => {
    const { posted } = await open({ 'POST /api/v1/conversations/*/snooze': state({ status: 'snoozed', snoozedUntil: inHours(20) }) })
    await userEvent.keyboard('h')
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Tomorrow/ }))
    await waitFor(() => expect(posted()[0]?.path).toBe('snooze'))
    const { until } = posted()[0]?.body as { until: string }
    expect(new Date(until).getHours()).toBe(9)
    expect(Date.parse(until)).toBeGreaterThan(Date.now())
  })

  test('when a colleague was faster it says who and changes nothing', async () => {
    let answers = conversation()
    await open({
      'GET /api/v1/conversations/*': () => answers,
      'POST /api/v1/conversations/*/assign': () => {
        answers = conversation({ assigneeId: 'user-2', assignee: { id: 'user-2', name: 'Lucía Vega' } })
        return failure(409, 'conversation_changed')
      },
    })
    await userEvent.keyboard('a')
    await userEvent.click(await screen.findByRole('option', { name: 'Me' }))
    expect(await screen.findByText('Lucía Vega looks after it now.')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('a new message keeps a conversation from being resolved unread', async () => {
    let answer = conversation()
    await open({
      'GET /api/v1/conversations/*': () => answer,
      'POST /api/v1/conversations/*/resolve': () => {
        answer = conversation({ lastMessage: message({ id: 'message-2' }) })
        return failure(409, 'conversation_changed')
      },
    })
    await userEvent.keyboard('e')
    expect(await screen.findByText(/A new message has arrived/)).toBeVisible()
  })

  test('assigning by the keys alone', async () => {
    const { act: become, ...answers } = changing()
    const lucia = { assigneeId: 'user-2', assignee: { id: 'user-2', name: 'Lucía Vega' } }
    const { posted } = await open({ ...answers, 'POST /api/v1/conversations/*/assign': become(lucia) })
    await userEvent.keyboard('a')
    const search = await screen.findByRole('textbox', { name: 'Search colleagues' })
    await waitFor(() => expect(search).toHaveFocus())
    await screen.findByRole('option', { name: 'Lucía Vega' })
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    await waitFor(() => expect(posted()[0]?.body).toEqual({ assigneeId: 'user-2', expected: { assigneeId: null } }))
    const button = await screen.findByRole('button', { name: 'Assigned to: Lucía Vega. Change' })
    await waitFor(() => expect(button).toHaveFocus())
    // The arrows are for whatever opens next.
    await userEvent.keyboard('{ArrowDown}')
    expect(button).toHaveAttribute('aria-expanded', 'false')
  })

  test('letters typed at once after the key are the name that is sought', async () => {
    const { act: become, ...answers } = changing()
    const lucia = { assigneeId: 'user-2', assignee: { id: 'user-2', name: 'Lucía Vega' } }
    const { posted } = await open({ ...answers, 'POST /api/v1/conversations/*/assign': become(lucia) })
    await userEvent.setup({ delay: null }).keyboard('aluci')
    expect(screen.getByRole('textbox', { name: 'Search colleagues' })).toHaveValue('luci')
    await screen.findByRole('option', { name: 'Lucía Vega' })
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(posted()[0]?.body).toEqual({ assigneeId: 'user-2', expected: { assigneeId: null } }))
  })

  test('each notice takes back its own act, whatever was done since, and the key the newest that is left', async () => {
    const statuses: Record<string, string> = {}
    const shown = (id: string) =>
      conversation({ id, status: (statuses[id] ?? 'open') as 'open', contact: rowContact({ name: id === 'conversation-1' ? 'Rosa Martínez' : 'Ana Blau' }) })
    const become = (status: string) => ({ path }: { path: string }) => {
      const id = path.split('/').at(-2) ?? ''
      statuses[id] = status
      return state({ id, status })
    }
    const { of } = await openThread({
      [listPath]: () => page([shown('conversation-1'), shown('conversation-2')]),
      'GET /api/v1/conversations/*': ({ path }: { path: string }) => shown(path.split('/').at(-1) ?? ''),
      'POST /api/v1/conversations/*/resolve': become('resolved'),
      'POST /api/v1/conversations/*/reopen': become('open'),
    })
    const reopened = () => of('POST').map(({ path }) => path.split('/').slice(-2).join()).filter((act) => act.endsWith('reopen'))
    await screen.findByRole('article')
    await userEvent.keyboard('e')
    const first = await screen.findByRole('button', { name: 'Undo' })
    await userEvent.click(screen.getByRole('link', { name: /Ana Blau/ }))
    await screen.findByRole('heading', { name: 'Ana Blau' })
    await userEvent.keyboard('e')
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Undo' })).toHaveLength(2))
    await userEvent.click(first)
    await waitFor(() => expect(reopened()).toEqual(['conversation-1,reopen']))
    await userEvent.keyboard('z')
    await waitFor(() => expect(reopened()).toEqual(['conversation-1,reopen', 'conversation-2,reopen']))
  })

  test('one that fails leaves the way back of the one before', async () => {
    const { act: become, ...answers } = changing()
    const { posted } = await open({
      ...answers,
      'POST /api/v1/conversations/*/resolve': become({ status: 'resolved' }),
      'POST /api/v1/conversations/*/assign': failure(409, 'conversation_changed'),
      'POST /api/v1/conversations/*/reopen': become({}),
    })
    await userEvent.keyboard('e')
    await screen.findByRole('button', { name: 'Undo' })
    await userEvent.keyboard('m')
    await waitFor(() => expect(posted().at(-1)?.path).toBe('assign'))
    await screen.findByText(/changed/i)
    await userEvent.keyboard('z')
    await waitFor(() => expect(posted().at(-1)?.path).toBe('reopen'))
  })

  test('one that has no answer yet is not begun again, and another one is', async () => {
    const { posted } = await open({ 'POST /api/v1/conversations/*/resolve': never, 'POST /api/v1/conversations/*/assign': never })
    await userEvent.setup({ delay: null }).keyboard('eemm')
    await waitFor(() => expect(posted().map(({ path }) => path)).toEqual(['resolve', 'assign']))
  })

  test('a key that is held acts once', async () => {
    const { act: become, ...answers } = changing()
    const { posted } = await open({ ...answers, 'POST /api/v1/conversations/*/resolve': become({ status: 'resolved' }) })
    await userEvent.keyboard('e')
    await screen.findByRole('button', { name: 'Reopen' })
    fireEvent.keyDown(document.body, { key: 'e', code: 'KeyE', repeat: true })
    await screen.findByRole('button', { name: 'Undo' })
    expect(posted().map(({ path }) => path)).toEqual(['resolve'])
  })

  test('who may not act is offered nothing', async () => {
    await openThread({}, { allowed: permissions.filter((one) => !['assignConversations', 'resolveConversations'].includes(one)) })
    await screen.findByRole('article')
    expect(screen.queryByRole('button', { name: /Assigned to/ })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Resolve' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Snooze' })).toBeNull()
  })
})

describe('notes', () => {
  const note = {
    id: 'note-1', conversationId: 'conversation-1', author: { kind: 'user', id: 'user-2', name: 'Lucía Vega' },
    text: '<b>Call</b> her', mentions: [user.id], createdAt: '2026-11-26T10:01:00Z',
  }

  test('stand in the thread as text, with who wrote them; others cannot be deleted', async () => {
    await openThread({ 'GET /api/v1/conversations/*/notes': { notes: [note], nextCursor: null } })
    const shown = await screen.findByRole('article', { name: 'Note by Lucía Vega' })
    expect(shown).toHaveTextContent('<b>Call</b> her')
    expect(shown).toHaveTextContent('Mentions you')
    expect(within(shown).queryByRole('button', { name: 'Delete the note' })).toBeNull()
  })

  test('mention a colleague by @, whatever the accents, also by who assigns nothing', async () => {
    const { of } = await openThread(
      { 'POST /api/v1/conversations/*/notes': { ...note, id: 'note-2', text: 'Ask @Lucía Vega', author: { kind: 'user', id: user.id, name: user.name } } },
      { allowed: permissions.filter((one) => one !== 'assignConversations') },
    )
    await screen.findByRole('article')
    await userEvent.keyboard('n')
    const field = await screen.findByRole('textbox', { name: 'Note' })
    await waitFor(() => expect(field).toHaveFocus())
    await userEvent.type(field, 'Ask @luci')
    await userEvent.click(await screen.findByRole('option', { name: /Lucía Vega/ }))
    await waitFor(() => expect(field).toHaveValue('Ask @Lucía Vega '))
    await userEvent.type(field, '{Enter}')
    await waitFor(() => expect(of('POST')[0]?.body).toEqual({ text: 'Ask @Lucía Vega', mentions: ['user-2'] }))
    expect(await screen.findByRole('article', { name: 'Your note' })).toBeVisible()
  })
})

describe('quick replies', () => {
  const hello = { id: 'reply-1', shortcut: 'hello', text: 'Hello {{contact.name}}', shared: true, createdAt: inHours(-9), updatedAt: inHours(-9) }

  test('are offered by /, and filled in for the contact', async () => {
    await openThread({
      'GET /api/v1/quick-replies': { quickReplies: [hello], nextCursor: null },
      'GET /api/v1/quick-replies/*/text': { text: 'Hello Rosa' },
    })
    const field = await screen.findByRole('textbox', { name: 'Message' })
    await userEvent.type(field, '/he')
    await screen.findByRole('option', { name: /hello/ })
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(field).toHaveValue('Hello Rosa'))
  })

  test('while there are none, / leads to where they are written', async () => {
    await openThread()
    const field = await screen.findByRole('textbox', { name: 'Message' })
    await userEvent.type(field, 'Hi /')
    expect(await screen.findByText('No quick replies yet')).toBeVisible()
    await userEvent.keyboard('{Enter}')
    expect(await screen.findByRole('dialog', { name: 'Quick replies' })).toBeVisible()
    expect(field).toHaveValue('Hi ')
  })

  test('what fits none is sent as it stands', async () => {
    const { of } = await openThread({ 'POST /api/v1/messages/send': message({ id: 'message-2', direction: 'outbound', body: 'See /help' }) })
    await userEvent.type(await screen.findByRole('textbox', { name: 'Message' }), 'See /help')
    expect(await screen.findByText('No quick reply fits')).toBeVisible()
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(of('POST').at(-1)?.body).toMatchObject({ body: 'See /help' }))
  })

  test('a / within a word, as in a fraction or a link, is only a /', async () => {
    await openThread()
    const field = await screen.findByRole('textbox', { name: 'Message' })
    await userEvent.type(field, '1/2')
    expect(screen.queryByText('No quick reply fits')).toBeNull()
  })
})

describe('the search', () => {
  const hit = {
    contact: { id: 'contact-1', name: 'Rosa Martínez', phone: '436601234567' },
    message: {
      id: 'message-1', conversationId: 'conversation-1', direction: 'inbound', type: 'text', timestamp: inHours(-3),
      snippet: [{ text: 'Is my <i>', match: false }, { text: 'order', match: true }, { text: '</i> ready?', match: false }],
    },
  }
  const search = (results: unknown[]) =>
    showPage(at('/inbox'), { answers: { ...usual, 'GET /api/v1/search': ({ query }: { query: URLSearchParams }) => ({ results: query.get('kind') === 'message' ? results : [], nextCursor: null }) } })

  test('shows where the words are, as text, and leads to the message', async () => {
    await search([hit])
    await userEvent.type(await screen.findByRole('searchbox'), 'order')
    const found = await screen.findByRole('link', { name: /Is my <i>\s?order\s?<\/i> ready/ })
    expect(found.querySelector('mark')).toHaveTextContent('order')
    await userEvent.keyboard('{ArrowDown}')
    expect(found).toHaveFocus()
    await userEvent.keyboard('{Enter}')
    const bubble = await screen.findByRole('article', { name: 'From the customer' })
    expect(bubble.closest('[data-sought]')).not.toBeNull()
  })

  test('says when there is nothing', async () => {
    await search([])
    await userEvent.type(await screen.findByRole('searchbox'), 'xyz')
    expect(await screen.findByText('Nothing found')).toBeVisible()
  })

  /** People on the page of that number alone, as who sees a part of the workspace may get them. */
  const searchPeople = async (onPage: number, fails: () => boolean = () => false) => {
    const asked: number[] = []
    const person = { contact: hit.contact, message: null }
    await showPage(at('/inbox'), {
      answers: {
        ...usual,
        'GET /api/v1/search': ({ query }: { query: URLSearchParams }) => {
          if (query.get('kind') === 'message') return { results: [], nextCursor: null }
          const page = Number(query.get('cursor') ?? '1')
          asked.push(page)
          if (fails()) return failure(429, 'rate_limited')
          return { results: page === onPage ? [person] : [], nextCursor: page < 50 ? String(page + 1) : null }
        },
      },
    })
    await userEvent.type(await screen.findByRole('searchbox'), 'rosa')
    return asked
  }

  test('looks for a person behind pages of people one does not see', async () => {
    await searchPeople(3)
    expect(await screen.findByRole('link', { name: /Rosa Martínez/ })).toBeVisible()
  })

  test('looks through further pages only when asked to', async () => {
    const asked = await searchPeople(5)
    const more = await screen.findByRole('button', { name: 'More people' })
    await waitFor(() => expect(asked).toEqual([1, 2, 3]))
    expect(screen.getByText('Nobody so far, and not all were looked through')).toBeVisible()
    expect(screen.queryByRole('list', { name: 'People' })).toBeNull()
    expect(screen.queryByText('Nothing found')).toBeNull()
    await userEvent.click(more)
    await userEvent.click(await screen.findByRole('button', { name: 'More people' }))
    expect(await screen.findByRole('link', { name: /Rosa Martínez/ })).toBeVisible()
    expect(asked).toEqual([1, 2, 3, 4, 5])
  })

  test('does not say that nobody is found when it does not know', async () => {
    const asked: number[] = await searchPeople(3, () => asked.length === 2)
    const again = await screen.findByRole('button', { name: 'Try again' })
    expect(screen.queryByText('Nothing found')).toBeNull()
    await userEvent.click(again)
    expect(await screen.findByRole('link', { name: /Rosa Martínez/ })).toBeVisible()
  })

  test('says that people were not searched, also beside the messages it found', async () => {
    let works = false
    const answer = ({ query }: { query: URLSearchParams }) => {
      if (query.get('kind') === 'message') return { results: [hit], nextCursor: null }
      return works ? { results: [{ contact: hit.contact, message: null }], nextCursor: null } : failure(422, 'internal_error')
    }
    await showPage(at('/inbox'), { answers: { ...usual, 'GET /api/v1/search': answer } })
    await userEvent.type(await screen.findByRole('searchbox'), 'order')
    expect(await screen.findByRole('link', { name: /Is my/ })).toBeVisible()
    expect(await screen.findByRole('alert')).toHaveTextContent('The server had a problem')
    works = true
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await within(await screen.findByRole('list', { name: 'People' })).findByRole('link')).toHaveTextContent('Rosa Martínez')
  })
})

test('an emoji goes where the cursor is', async () => {
  await openThread()
  const field = await screen.findByRole('textbox', { name: 'Message' })
  await userEvent.type(field, 'Hi')
  await userEvent.click(screen.getByRole('button', { name: 'Emoji' }))
  await userEvent.click(await screen.findByRole('button', { name: '👍' }))
  expect(field).toHaveValue('Hi👍')
})
