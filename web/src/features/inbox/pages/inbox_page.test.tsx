import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { at, listPath, openThread, page, thread, threadPath, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes, watchKeys } from '@/features/inbox/testing'
import { contact, conversation, counts, inHours, message, optedOut, rowContact } from '@/features/inbox/testing_data'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { failure, showPage, testStates, type Asked } from '@/lib/testing'

const sent = { success: true, messageId: 'message-9', conversationId: 'conversation-1', status: 'sent' }

beforeEach(() => {
  giveSizes()
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

testStates('the list', {
  page: at('/inbox'),
  answers: usual,
  list: listPath,
  empty: { answer: page([]), shows: 'No conversations yet' },
})
testStates('the thread', {
  page: at('/inbox/conversation-1'),
  answers: usual,
  list: threadPath,
  empty: { answer: thread(), shows: 'No messages yet' },
})

describe('an inbox that is empty', () => {
  const empty = (phoneNumbers: unknown[], listed: (asked: Asked) => unknown = () => page([])) => ({ ...usual, [listPath]: listed, 'GET /api/v1/workspace': { phoneNumbers } })
  const number = { phoneNumberId: 'number-1', displayPhone: '+1 555-0100', status: 'connected' }

  test('leads an owner to a number first', async () => {
    await showPage(at('/inbox'), { answers: empty([]) })
    expect(await screen.findByRole('link', { name: 'Connect a number' })).toHaveAttribute('href', '/settings/numbers')
  })

  test('then to a message to it from one’s own phone', async () => {
    await showPage(at('/inbox'), { answers: empty([number]) })
    const link = await screen.findByRole('link', { name: 'Write to it' })
    expect(link).toHaveAttribute('href', expect.stringMatching(/^https:\/\/wa\.me\/15550100\?text=./))
    expect(link).toHaveAttribute('rel', expect.stringContaining('noopener'))
  })

  test('says that no number can receive, and to who may not mend it whom to ask', async () => {
    await showPage(at('/inbox'), { answers: empty([{ ...number, status: 'reconnect_needed' }]), allowed: ['viewContacts', 'viewAllConversations'] })
    expect(await screen.findByText(/Ask an owner/)).toBeVisible()
    expect(screen.queryByRole('link', { name: /number/ })).toBeNull()
  })

  test('tells who sees only their own why, and whom to ask', async () => {
    await showPage(at('/inbox'), { answers: empty([number]), allowed: ['viewContacts', 'sendMessages'] })
    expect(await screen.findByText('Nothing is assigned to you yet')).toBeVisible()
    expect(screen.getByText(/Ask a manager/)).toBeVisible()
    expect(screen.getByRole('link', { name: 'Your account' })).toHaveAttribute('href', '/account/security')
    const help = vi.fn()
    const Helped = () => {
      useShortcuts({ help })
      return null
    }
    render(<Helped />)
    await userEvent.click(screen.getByRole('button', { name: 'Keys' }))
    expect(help).toHaveBeenCalledOnce()
  })

  test('because all is done says that, and not how to begin', async () => {
    const listed = ({ query }: Asked) => page(query.get('status') === 'open' ? [] : [conversation({ status: 'resolved' })])
    await showPage(at('/inbox'), { answers: empty([number], listed) })
    expect(await screen.findByText('All done')).toBeVisible()
  })
})

describe('the list', () => {
  test('says who wrote what, what is unread, and who has opted out', async () => {
    await showPage(at('/inbox'), {
      answers: {
        ...usual,
        [listPath]: page([conversation({ unreadCount: 3, contact: rowContact({ optedOut: true }), assignee: { id: 'user-2', name: 'Lucía Vega' } })]),
      },
    })
    const row = await screen.findByRole('link', { name: /Rosa Martínez/ })
    expect(row).toHaveTextContent('Is my order ready?')
    expect(within(row).getByLabelText('3 unread messages')).toBeVisible()
    expect(within(row).getByLabelText('Opted out')).toBeVisible()
    expect(within(row).getByLabelText('Assigned to Lucía Vega')).toBeVisible()
    expect(row).toHaveTextContent('vip')
  })

  test('asks for nothing per row', async () => {
    const many = Array.from({ length: 30 }, (_, index) => conversation({ id: `c-${index}`, contactId: `p-${index}` }))
    const { asked } = await showPage(at('/inbox'), { answers: { ...usual, [listPath]: page(many) } })
    await screen.findAllByText('Is my order ready?')
    expect(asked.filter(({ path }) => path.includes('/contacts/') || /conversations\/c-/.test(path))).toEqual([])
  })

  const chooseFolder = async (name: RegExp) => {
    await userEvent.click(await screen.findByRole('button', { name: /Choose another folder/ }))
    await userEvent.click(await screen.findByRole('button', { name }))
  }

  test('a folder asks for what is in it, and shows how many wait', async () => {
    const { asked } = await showPage(at('/inbox'), { answers: usual })
    await screen.findByText('Is my order ready?')
    await userEvent.click(await screen.findByRole('button', { name: /Choose another folder/ }))
    expect(await screen.findByRole('button', { name: /^Unassigned/ })).toHaveTextContent('3')
    await userEvent.click(screen.getByRole('button', { name: /^Mine/ }))
    await waitFor(() => expect(asked.at(-1)?.query.get('assignee')).toBe('me'))
    await chooseFolder(/^Snoozed/)
    await waitFor(() => expect(asked.at(-1)?.query.get('status')).toBe('snoozed'))
  })

  test('filters by number, tag and what is unread, and saves that as a view', async () => {
    const { asked, of } = await showPage(at('/inbox'), { answers: { ...usual, 'POST /api/v1/views': {} } })
    await userEvent.click(await screen.findByRole('button', { name: 'Filter' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Tag of the contact' }), 'vip')
    await userEvent.click(screen.getByRole('checkbox', { name: 'Only unread' }))
    await waitFor(() => expect(asked.at(-1)?.query.get('tag')).toBe('vip'))
    expect(asked.at(-1)?.query.get('unread')).toBe('true')
    await userEvent.click(screen.getByRole('button', { name: 'Save as a view' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'Waiting VIPs')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(of('POST')[0]?.body).toEqual({ name: 'Waiting VIPs', filter: { status: 'open', tag: 'vip', unread: true }, shared: false }),
    )
  })

  test('who sees only their own is not offered those of others', async () => {
    const answers = { ...usual, 'GET /api/v1/conversations/counts': counts({ unassigned: 0 }) }
    await showPage(at('/inbox'), { answers, allowed: ['viewContacts', 'sendMessages'] })
    await userEvent.click(await screen.findByRole('button', { name: /Choose another folder/ }))
    expect(await screen.findByRole('button', { name: /^All open ?12/ })).toBeVisible()
    expect(screen.queryByRole('button', { name: /^Unassigned/ })).toBeNull()
  })

  test('who sees only their own is offered those of nobody when not all were counted', async () => {
    const answers = { ...usual, 'GET /api/v1/conversations/counts': counts({ unassigned: 0, exact: false }) }
    await showPage(at('/inbox'), { answers, allowed: ['viewContacts', 'sendMessages'] })
    await userEvent.click(await screen.findByRole('button', { name: /Choose another folder/ }))
    expect(await screen.findByRole('button', { name: /^All open ?12/ })).toBeVisible()
    expect(screen.getByRole('button', { name: /^Unassigned/ })).toBeVisible()
    expect(screen.getByRole('button', { name: /^Mine/ })).toBeVisible()
  })

  test('is moved through by keys, but not while somebody types', async () => {
    const two = [conversation(), conversation({ id: 'conversation-2', lastMessage: message({ body: 'Second' }) })]
    await showPage(at('/inbox'), { answers: { ...usual, [listPath]: page(two) } })
    await screen.findByText('Second')
    await userEvent.keyboard('j')
    await waitFor(() => expect(document.activeElement).toHaveAttribute('data-conversation', 'conversation-1'))
    await userEvent.keyboard('j')
    await waitFor(() => expect(document.activeElement).toHaveAttribute('data-conversation', 'conversation-2'))
    await userEvent.keyboard('/')
    const search = screen.getByRole('searchbox', { name: 'Search people and messages' })
    expect(search).toHaveFocus()
  })
})

describe('the thread', () => {
  test('shows what strangers write as text, and links to the web only', async () => {
    const body = '<img src=x onerror=alert(1)> javascript:alert(1) https://example.com/a'
    await openThread({ [threadPath]: thread(message({ body })) })
    const bubble = await screen.findByRole('article')
    expect(bubble).toHaveTextContent('<img src=x onerror=alert(1)>')
    expect(bubble.querySelector('img')).toBeNull()
    const links = within(bubble).getAllByRole('link')
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['https://example.com/a'])
    expect(links[0]).toHaveAttribute('rel', expect.stringContaining('noopener'))
  })

  test('folds a message of 60,000 characters', async () => {
    await openThread({ [threadPath]: thread(message({ body: 'x'.repeat(60_000) })) })
    const bubble = await screen.findByRole('article')
    expect(bubble.textContent?.length).toBeLessThan(2_000)
    await userEvent.click(within(bubble).getByRole('button', { name: 'Show all 60,000 characters' }))
    expect(bubble.textContent?.length).toBeGreaterThan(60_000)
  })

  test('marks as read, unless one may not', async () => {
    const unread = { 'GET /api/v1/conversations/*': conversation({ unreadCount: 2 }) }
    const { of } = await openThread(unread)
    await waitFor(() => expect(of('POST').map(({ path }) => path)).toEqual(['/api/v1/conversations/conversation-1/read']))
  })

  test('who may not send neither writes nor marks as read', async () => {
    const { of } = await openThread({ 'GET /api/v1/conversations/*': conversation({ unreadCount: 2 }) }, { allowed: ['viewContacts'] })
    expect(await screen.findByText('You may not send messages')).toBeVisible()
    expect(of('POST')).toEqual([])
  })

  test('says in plain words why a message failed', async () => {
    const failed = message({ direction: 'outbound', status: 'failed', error: { code: 131026, message: 'Message undeliverable' } })
    await openThread({ [threadPath]: thread(failed) })
    expect(await screen.findByText(/cannot be reached on WhatsApp/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Send again' })).toBeNull()
  })
})

describe('sending', () => {
  const write = async (text: string) => {
    const field = await screen.findByRole('textbox', { name: 'Message' })
    await userEvent.type(field, text)
    return field
  }

  test('Enter sends, the bubble is there at once', async () => {
    let answer: (value: unknown) => void = () => undefined
    let done = false
    const stored = message({ id: 'message-9', direction: 'outbound', status: 'sent', body: 'First\nsecond' })
    const { of } = await openThread({
      'POST /api/v1/messages/send': () => new Promise((resolve) => (answer = resolve)),
      [threadPath]: () => (done ? thread(stored, message()) : thread(message())),
    })
    const keys = watchKeys()
    const field = await write('First{Shift>}{Enter}{/Shift}second{Enter}')
    const bubble = await screen.findByRole('article', { name: 'From us' })
    expect(bubble).toHaveTextContent('First second')
    expect(field).toHaveValue('')
    await waitFor(() => expect(of('POST')[0]?.body).toEqual({ contactId: 'contact-1', phoneNumberId: 'number-1', body: 'First\nsecond' }))
    expect(keys).toHaveLength(1)
    done = true
    act(() => answer(sent))
    await waitFor(() => expect(within(screen.getByRole('article', { name: 'From us' })).getByLabelText('Sent')).toBeInTheDocument())
  })

  test('what was refused goes out under a new key', async () => {
    let refuse = true
    await openThread({ 'POST /api/v1/messages/send': () => (refuse ? failure(409, 'number_not_able') : sent) })
    const keys = watchKeys()
    await write('Hello{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('Not sent.')
    refuse = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(keys).toHaveLength(2))
    expect(new Set(keys).size).toBe(2)
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  })

  test('what got no answer goes out under the same key, so that it goes out once', async () => {
    let down = true
    await openThread({ 'POST /api/v1/messages/send': () => (down ? Promise.reject(new TypeError('down')) : sent) })
    const keys = watchKeys()
    await write('Hello{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('Not known whether it was sent')
    down = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(keys).toHaveLength(2))
    expect(new Set(keys).size).toBe(1)
  })

  test('a draft is kept for its conversation', async () => {
    await openThread()
    await write('half a thou')
    expect(localStorage.getItem('wapi-own:draft:user-1:workspace-1:conversation-1')).toContain('half a thou')
  })
})

describe('the lock', () => {
  test('of a contact who has opted out says how and when', async () => {
    await openThread({ 'GET /api/v1/contacts/*': contact({ optOut: optedOut }) })
    expect(await screen.findByText('This contact has opted out')).toBeVisible()
    expect(screen.getAllByText(/The customer wrote STOP on Nov 20, 2026/)[0]).toBeVisible()
    expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull()
  })

  const shut = conversation({ windowExpiresAt: inHours(-1) })
  const template = {
    id: '1', name: 'order_ready', language: 'en_US', category: 'UTILITY', status: 'APPROVED', statusReason: '',
    parameterFormat: 'POSITIONAL', components: [{ type: 'BODY', text: 'Hi {{1}}, it is ready.' }], wabaId: 'waba-1', updatedAt: inHours(-9),
  }

  test('offers the templates of the account that the number is of, on whatever page they stand', async () => {
    const ofOther = { ...template, id: '3', wabaId: 'waba-2', components: [{ type: 'BODY', text: 'Of the other account' }] }
    await openThread({
      'GET /api/v1/conversations/*': shut,
      'GET /api/v1/templates': ({ query }: { query: URLSearchParams }) =>
        query.get('cursor') === null ? { templates: [ofOther], nextCursor: 'more' } : { templates: [template], nextCursor: null },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Choose a template' }))
    expect(await screen.findByText('Hi {{1}}, it is ready.')).toBeVisible()
    expect(screen.queryByText('Of the other account')).toBeNull()
  })

  test('says when the account has none, though another one has', async () => {
    await openThread({
      'GET /api/v1/conversations/*': { ...shut, phoneNumberId: 'number-2' },
      'GET /api/v1/templates': { templates: [template], nextCursor: null },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Choose a template' }))
    expect(await screen.findByText('No approved templates')).toBeVisible()
  })

  test('of a shut window takes a template, filled in and previewed', async () => {
    const { of } = await openThread({
      'GET /api/v1/conversations/*': shut,
      [listPath]: page([shut]),
      'GET /api/v1/templates': { templates: [template, { ...template, id: '2', name: 'bad_one', status: 'REJECTED' }], nextCursor: null },
      'POST /api/v1/messages/template': sent,
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Choose a template' }))
    await userEvent.click(await screen.findByRole('button', { name: /order_ready/ }))
    expect(screen.queryByText('bad_one')).toBeNull()
    await userEvent.type(screen.getByRole('textbox', { name: /Text: 1/ }), 'Rosa')
    expect(screen.getByRole('region', { name: 'What the customer will read' })).toHaveTextContent('Hi Rosa, it is ready.')
    await userEvent.click(screen.getByRole('button', { name: 'Send template' }))
    await waitFor(() => expect(of('POST')).toHaveLength(1))
    expect(of('POST')[0]?.body).toMatchObject({
      template: { name: 'order_ready', language: 'en_US', components: [{ type: 'body', parameters: [{ type: 'text', text: 'Rosa' }] }] },
    })
  })
})
