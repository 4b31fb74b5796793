import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'

import { permissions } from '@/api/generated/permissions'
import { ContactPage } from '@/features/contacts/pages/contact_page'
import { ContactsPage } from '@/features/contacts/pages/contacts_page'
import { At } from '@/features/inbox/testing'
import { contact, conversation, optedOut } from '@/features/inbox/testing_data'
import { failure, showPage, testStates, type Answers } from '@/lib/testing'

const listPath = 'GET /api/v1/contacts'
const onePath = 'GET /api/v1/contacts/*'
const page = (...contacts: unknown[]) => ({ contacts, nextCursor: null })
const list = <At address="/contacts" path="/contacts" page={ContactsPage} />
const detail = <At address="/contacts/contact-1" path="/contacts/$contactId" page={ContactPage} />
const usual: Answers = {
  [onePath]: contact(),
  'GET /api/v1/conversations': { conversations: [conversation()], nextCursor: null },
}
const without = (...taken: string[]) => permissions.filter((one) => !taken.includes(one))

testStates('the contacts', { page: list, list: listPath, empty: { answer: page(), shows: 'No contacts yet' } })

describe('the contacts', () => {
  test('are in a table, with who has opted out', async () => {
    await showPage(list, { answers: { [listPath]: page(contact(), contact({ id: 'contact-2', name: 'Karl', optOut: optedOut })) } })
    expect(await screen.findByRole('link', { name: 'Karl' })).toHaveAttribute('href', '/contacts/contact-2')
    expect(screen.getAllByText('Opted out')[0]).toBeInTheDocument()
  })

  test('are searched by the server', async () => {
    const { asked } = await showPage(list, { answers: { [listPath]: page(contact()) } })
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Name or number' }), 'ros')
    await waitFor(() => expect(asked.at(-1)?.query.get('q')).toBe('ros'))
  })

  test('get a new one, or the reason why not', async () => {
    const { of } = await showPage(list, { answers: { [listPath]: page(contact()), 'POST /api/v1/contacts': failure(409, 'contact_exists') } })
    await userEvent.click(await screen.findByRole('button', { name: 'Add contact' }))
    await userEvent.type(await screen.findByRole('textbox', { name: /Phone number/ }), '+43 660 1')
    await userEvent.click(screen.getByRole('button', { name: 'Add' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('There is a contact with this number already.')
    expect(of('POST')[0]?.body).toEqual({ phone: '+43 660 1', tags: [] })
  })

  test('are not added by who may not', async () => {
    await showPage(list, { answers: { [listPath]: page(contact()) }, allowed: without('createContacts') })
    await screen.findByRole('link', { name: 'Rosa Martínez' })
    expect(screen.queryByRole('button', { name: 'Add contact' })).toBeNull()
  })
})

testStates('a contact', { page: detail, answers: usual, list: onePath })

describe('a contact', () => {
  test('is opted out after a question', async () => {
    const { of } = await showPage(detail, { answers: { ...usual, 'POST /api/v1/contacts/*/opt-out': contact({ optOut: optedOut }) } })
    await userEvent.click(await screen.findByRole('button', { name: 'Opt out' }))
    expect(of('POST')).toEqual([])
    const dialog = await screen.findByRole('dialog')
    await userEvent.click([...dialog.querySelectorAll('button')].find((one) => one.textContent === 'Opt out') ?? dialog)
    expect(await screen.findByText('Must not be messaged')).toBeInTheDocument()
    expect(of('POST').map(({ path }) => path)).toEqual(['/api/v1/contacts/contact-1/opt-out'])
  })

  test('is erased only when that was typed', async () => {
    const { of } = await showPage(detail, { answers: { ...usual, [listPath]: page(), 'POST /api/v1/contacts/*/erase': { erasure: {} } } })
    await userEvent.click(await screen.findByRole('button', { name: 'Erase' }))
    const word = await screen.findByRole('textbox', { name: 'Type ERASE to confirm' })
    await userEvent.type(word, 'no{Enter}')
    expect(of('POST')).toEqual([])
    await userEvent.clear(word)
    await userEvent.type(word, 'erase{Enter}')
    await waitFor(() => expect(of('POST')[0]?.body).toEqual({ confirm: 'contact-1' }))
  })

  test('gets another name', async () => {
    const { of } = await showPage(detail, { answers: { ...usual, 'PATCH /api/v1/contacts/*': contact({ name: 'Rosa M.' }) } })
    await userEvent.click(await screen.findByRole('button', { name: 'Change the name' }))
    const field = screen.getByRole('textbox', { name: 'Name' })
    await userEvent.clear(field)
    await userEvent.type(field, 'Rosa M.{Enter}')
    await waitFor(() => expect(of('PATCH')[0]?.body).toEqual({ name: 'Rosa M.' }))
    expect((await screen.findAllByText('Rosa M.')).length).toBeGreaterThan(0)
  })

  test('is only read by who may do nothing else', async () => {
    await showPage(detail, { answers: usual, allowed: ['viewContacts'] })
    await screen.findByText('+436601234567')
    for (const name of ['Change the name', 'Opt out', 'Erase', 'Download everything']) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
    expect(screen.queryByRole('textbox', { name: 'Tags' })).toBeNull()
  })
})
