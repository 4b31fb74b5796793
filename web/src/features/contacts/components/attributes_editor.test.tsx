import { useQuery } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { contactQuery } from '@/features/contacts/api/contacts'
import { AttributesEditor } from '@/features/contacts/components/attributes_editor'
import { contact } from '@/features/inbox/testing_data'
import { showPage } from '@/lib/testing'

function Editor() {
  const { data } = useQuery(contactQuery('contact-1'))
  return data ? <AttributesEditor contact={data} /> : null
}

const attributed = (attributes: object) => contact({ attributes: attributes as never })

test('an attribute that a colleague wrote while the form was open stays', async () => {
  let stored: object = { city: 'Vienna', orders: 3 }
  const { of } = await showPage(<Editor />, {
    answers: {
      'GET /api/v1/contacts/*': () => attributed(stored),
      'PATCH /api/v1/contacts/*': attributed({ city: 'Graz', orders: 4, language: 'de' }),
    },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  const [city] = screen.getAllByRole('textbox', { name: 'Value' })
  await userEvent.clear(city as HTMLElement)
  await userEvent.type(city as HTMLElement, 'Graz')
  stored = { city: 'Vienna', orders: 4, language: 'de' }
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(of('PATCH')[0]?.body).toEqual({ attributes: { city: 'Graz', orders: 4, language: 'de' } }))
  expect(await screen.findByText('language')).toBeVisible()
})
