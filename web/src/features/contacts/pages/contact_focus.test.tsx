// Goal: whoever works by keyboard goes on where they were, when a dialog or a form at its place has closed.
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { ContactPage } from '@/features/contacts/pages/contact_page'
import { ContactsPage } from '@/features/contacts/pages/contacts_page'
import { At } from '@/features/inbox/testing'
import { contact, conversation } from '@/features/inbox/testing_data'
import { showPage } from '@/lib/testing'

const attributes = { city: 'Graz' } as never

const answers = {
  'GET /api/v1/contacts': { contacts: [contact()], nextCursor: null },
  'GET /api/v1/contacts/*': contact({ attributes }),
  'PATCH /api/v1/contacts/*': contact({ name: 'Rosa M.', attributes }),
  'GET /api/v1/conversations': { conversations: [conversation()], nextCursor: null },
  'GET /api/v1/segments': { segments: [] },
}
const list = <At address="/contacts" path="/contacts" page={ContactsPage} />
const detail = <At address="/contacts/contact-1" path="/contacts/$contactId" page={ContactPage} />
const button = (name: string) => screen.findByRole('button', { name })

test.each([
  ['Add contact', list],
  ['Opt out', detail],
  ['Erase', detail],
])('the dialog of "%s" gives the focus back to its button', async (name, page) => {
  await showPage(page, { answers })
  await userEvent.click(await button(name))
  expect(await screen.findByRole('dialog')).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(await button(name)).toHaveFocus()
})

test.each([
  ['Change the name', '{Escape}'],
  ['Change the name', ' M.{Enter}'],
  ['Edit', '{Enter}'],
])('the form of "%s" gives the focus back after %s', async (name, keys) => {
  await showPage(detail, { answers })
  await userEvent.click(await button(name))
  await userEvent.keyboard(keys)
  await waitFor(async () => expect(await button(name)).toHaveFocus())
})

test('a form that was saved takes the focus from nobody', async () => {
  let answer: () => void = () => undefined
  const saved = new Promise((resolve) => (answer = () => resolve(contact({ name: 'Rosa M.' }))))
  await showPage(detail, { answers: { ...answers, 'PATCH /api/v1/contacts/*': () => saved } })
  await userEvent.click(await button('Change the name'))
  await userEvent.keyboard(' M.{Enter}')
  const elsewhere = screen.getByRole('textbox', { name: 'Tags' })
  await userEvent.click(elsewhere)
  answer()
  await button('Change the name')
  expect(elsewhere).toHaveFocus()
})
