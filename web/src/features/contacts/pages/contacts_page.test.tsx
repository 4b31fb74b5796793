import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { permissions } from '@/api/generated/permissions'
import { ContactPage } from '@/features/contacts/pages/contact_page'
import { ContactsPage } from '@/features/contacts/pages/contacts_page'
import { applyEvent } from '@/features/inbox'
import { At } from '@/features/inbox/testing'
import { contact, conversation, optedOut } from '@/features/inbox/testing_data'
import { failure, showPage, testStates, type Answers, type Asked } from '@/lib/testing'

const listPath = 'GET /api/v1/contacts'
const onePath = 'GET /api/v1/contacts/*'
const page = (...contacts: unknown[]) => ({ contacts, nextCursor: null })
const segmentsPath = 'GET /api/v1/segments'
const noSegments: Answers = { [segmentsPath]: { segments: [] } }
const vips = { id: 'segment-1', name: 'Vips', filter: { tags: ['vip'] }, createdAt: '2026-11-01T10:00:00Z' }
const list = <At address="/contacts" path="/contacts" page={ContactsPage} />
const detail = <At address="/contacts/contact-1" path="/contacts/$contactId" page={ContactPage} />
const usual: Answers = {
  [onePath]: contact(),
  'GET /api/v1/conversations': { conversations: [conversation()], nextCursor: null },
}
const without = (...taken: string[]) => permissions.filter((one) => !taken.includes(one))

beforeEach(() => localStorage.clear())

testStates('the contacts', { page: list, answers: noSegments, list: listPath, empty: { answer: page(), shows: 'No contacts yet' } })

describe('the contacts', () => {
  test('are in a table, with who has opted out', async () => {
    await showPage(list, { answers: { ...noSegments, [listPath]: page(contact(), contact({ id: 'contact-2', name: 'Karl', optOut: optedOut })) } })
    expect(await screen.findByRole('link', { name: 'Karl' })).toHaveAttribute('href', '/contacts/contact-2')
    expect(screen.getAllByText('Opted out')[0]).toBeInTheDocument()
  })

  test('are searched by the server', async () => {
    const { asked } = await showPage(list, { answers: { ...noSegments, [listPath]: page(contact()) } })
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Name or number' }), 'ros')
    await waitFor(() => expect(asked.at(-1)?.query.get('q')).toBe('ros'))
  })

  test('get a new one, or the reason why not', async () => {
    const { of } = await showPage(list, { answers: { ...noSegments, [listPath]: page(contact()), 'POST /api/v1/contacts': failure(409, 'contact_exists') } })
    await userEvent.click(await screen.findByRole('button', { name: 'Add contact' }))
    await userEvent.type(await screen.findByRole('textbox', { name: /Phone number/ }), '+43 660 1')
    await userEvent.click(screen.getByRole('button', { name: 'Add' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('There is a contact with this number already.')
    expect(of('POST')[0]?.body).toEqual({ phone: '+43 660 1', tags: [] })
  })

  test('are not added by who may not', async () => {
    await showPage(list, { answers: { ...noSegments, [listPath]: page(contact()) }, allowed: without('createContacts') })
    await screen.findByRole('link', { name: 'Rosa Martínez' })
    expect(screen.queryByRole('button', { name: 'Add contact' })).toBeNull()
  })

  test('are filtered by what the server is told', async () => {
    const { asked } = await showPage(list, { answers: { ...noSegments, [listPath]: page(contact()) } })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'When they wrote last' }), 'silent90')
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Messages' }), 'false')
    await userEvent.click(screen.getByRole('button', { name: 'More filters' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Name of the detail' }), 'city')
    await userEvent.type(screen.getByRole('textbox', { name: 'Value' }), 'Graz{Enter}')
    const wanted = 'silentForDays=90&optedOut=false&limit=50&attribute.city=Graz'
    await waitFor(() => expect(asked.at(-1)?.query.toString()).toBe(wanted))
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }))
    await waitFor(() => expect(asked.at(-1)?.query.toString()).toBe('limit=50'))
  })

  test('are looked for further when a page holds none and more may follow', async () => {
    const pages = ({ query }: Asked) =>
      query.get('cursor') ? page(contact()) : { contacts: [], nextCursor: 'further' }
    await showPage(list, { answers: { ...noSegments, [listPath]: pages } })
    expect(await screen.findByRole('link', { name: 'Rosa Martínez' })).toBeVisible()
  })

  test('are looked for in twenty pages, and further when one asks: none fits only where all were looked through', async () => {
    let asked = 0
    const pages = () => {
      asked += 1
      return { contacts: [], nextCursor: asked < 21 ? `further ${asked}` : null }
    }
    const filtered = <At address="/contacts?filter=%7B%22tags%22%3A%5B%22vip%22%5D%7D" path="/contacts" page={ContactsPage} />
    await showPage(filtered, { answers: { ...noSegments, [listPath]: pages } })
    expect(await screen.findByText('None so far, and not all were looked through')).toBeVisible()
    expect(asked).toBe(20)
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }))
    expect(await screen.findByText('No contact fits')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  })

  test('are not said to be none when looking further has failed', async () => {
    let works = false
    const pages = ({ query }: Asked) => {
      if (!query.get('cursor')) return { contacts: [], nextCursor: 'further' }
      return works ? page(contact()) : failure(422, 'internal_error')
    }
    await showPage(list, { answers: { ...noSegments, [listPath]: pages } })
    expect(await screen.findByRole('alert')).toHaveTextContent('The server had a problem')
    works = true
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('link', { name: 'Rosa Martínez' })).toBeVisible()
  })

  test('have the columns that one chooses', async () => {
    const answers = { ...noSegments, [listPath]: page(contact({ attributes: { city: 'Graz' } as never })) }
    await showPage(list, { answers })
    await screen.findByRole('link', { name: 'Rosa Martínez' })
    expect(screen.queryByRole('columnheader', { name: 'city' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Columns' }))
    await userEvent.click(await screen.findByRole('checkbox', { name: 'city' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'Tags' }))
    expect(await screen.findByRole('columnheader', { name: 'city' })).toBeVisible()
    expect(screen.getByRole('cell', { name: 'Graz' })).toBeVisible()
    expect(screen.queryByRole('columnheader', { name: 'Tags' })).toBeNull()
  })

  test('are exported as they are filtered', async () => {
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    const filtered = <At address="/contacts?filter=%7B%22tags%22%3A%5B%22vip%22%5D%7D" path="/contacts" page={ContactsPage} />
    const { asked } = await showPage(filtered, {
      answers: { ...noSegments, [listPath]: page(contact()), 'GET /api/v1/contacts/export': () => new Response('id\r\n') },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Export' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'As CSV, for spreadsheets' }))
    expect(await screen.findByText('The file is complete.')).toBeVisible()
    expect(asked.find(({ path }) => path.endsWith('/export'))?.query.toString()).toBe('tag=vip&format=csv')
  })

  test('show no import and export to who may neither', async () => {
    await showPage(list, { answers: { ...noSegments, [listPath]: page(contact()) }, allowed: ['viewContacts'] })
    await screen.findByRole('link', { name: 'Rosa Martínez' })
    expect(screen.queryByRole('link', { name: 'Import' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Export' })).toBeNull()
  })
})

describe('segments', () => {
  const answers = { [segmentsPath]: { segments: [vips] }, [listPath]: page(contact()) }

  test('are asked for by their id', async () => {
    const { asked } = await showPage(list, { answers })
    await userEvent.click(await screen.findByRole('button', { name: 'Vips' }))
    await waitFor(() => expect(asked.at(-1)?.query.get('segment')).toBe('segment-1'))
    expect(screen.getByRole('button', { name: 'Vips' })).toHaveAttribute('aria-pressed', 'true')
  })

  test('are made of the filter as it is', async () => {
    const { of } = await showPage(list, { answers: { ...answers, 'POST /api/v1/segments': { ...vips, id: 'segment-2', name: 'Out' } } })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Messages' }), 'true')
    await userEvent.click(await screen.findByRole('button', { name: 'Save as segment' }))
    await userEvent.type(await screen.findByRole('textbox', { name: /Name/ }), 'Out{Enter}')
    await waitFor(() => expect(of('POST')[0]?.body).toEqual({ name: 'Out', filter: { optedOut: true } }))
  })

  test('are removed after a question', async () => {
    const { of } = await showPage(list, { answers: { ...answers, 'DELETE /api/v1/segments/*': vips } })
    await userEvent.click(await screen.findByRole('button', { name: 'Vips' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Actions for Vips' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove' }))
    expect(of('DELETE')).toEqual([])
    const dialog = await screen.findByRole('dialog', { name: 'Remove the segment Vips?' })
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(of('DELETE')[0]?.path).toBe('/api/v1/segments/segment-1'))
  })

  test('cannot be made by who may not edit', async () => {
    await showPage(list, { answers, allowed: ['viewContacts'] })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Messages' }), 'true')
    expect(screen.queryByRole('button', { name: 'Save as segment' })).toBeNull()
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

  const optIn = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Opt in again' }))
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Opt in again' }))
  }
  const optInPath = 'POST /api/v1/contacts/*/opt-in'
  const saw = (optedOutAt: string) => ({ expected: { optedOutAt } })

  test('is opted in again by who says which opt-out they have seen', async () => {
    const { of } = await showPage(detail, { answers: { ...usual, [onePath]: contact({ optOut: optedOut }), [optInPath]: contact() } })
    await optIn()
    expect(await screen.findByText('May be messaged')).toBeInTheDocument()
    expect(of('POST')[0]?.body).toEqual(saw('2026-11-20T10:00:00Z'))
  })

  test('that has opted out again is shown as it is now, and is not opted in by who had not seen it', async () => {
    const again = { ...optedOut, optedOutAt: '2026-11-24T10:00:00Z' }
    let shown = optedOut
    const answer = ({ body }: Asked) => {
      if ((body as ReturnType<typeof saw>).expected.optedOutAt === again.optedOutAt) return contact()
      shown = again
      return failure(409, 'opt_out_changed')
    }
    const { of } = await showPage(detail, { answers: { ...usual, [onePath]: () => contact({ optOut: shown }), [optInPath]: answer } })
    expect(await screen.findByText(/wrote STOP on Nov 20, 2026/)).toBeInTheDocument()
    await optIn()
    expect(await screen.findByText(/There is a newer opt-out than the one you saw, so nothing was changed/)).toBeInTheDocument()
    expect(screen.getByText(/wrote STOP on Nov 24, 2026/)).toBeInTheDocument()
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await optIn()
    expect(await screen.findByText('May be messaged')).toBeInTheDocument()
    expect(of('POST').map(({ body }) => body)).toEqual([saw(optedOut.optedOutAt ?? ''), saw(again.optedOutAt)])
  })

  test('that opts out again while the question is asked is not opted in by its answer', async () => {
    let shown = optedOut
    let client: QueryClient | undefined
    const Probe = () => {
      client = useQueryClient()
      return null
    }
    const { of } = await showPage(
      <>
        <Probe />
        {detail}
      </>,
      { answers: { ...usual, [onePath]: () => contact({ optOut: shown }), [optInPath]: failure(409, 'opt_out_changed') } },
    )
    await userEvent.click(await screen.findByRole('button', { name: 'Opt in again' }))
    const dialog = await screen.findByRole('dialog')
    shown = { ...optedOut, optedOutAt: '2026-11-24T10:00:00Z' }
    await act(async () => client?.invalidateQueries())
    expect(await screen.findByText(/wrote STOP on Nov 24, 2026/)).toBeInTheDocument()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Opt in again' }))
    await waitFor(() => expect(of('POST')[0]?.body).toEqual(saw('2026-11-20T10:00:00Z')))
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

  test('is merged with the one that is found, which may stay', async () => {
    const twin = contact({ id: 'contact-2', name: 'Rosa M.', optOut: optedOut })
    const { of } = await showPage(detail, {
      answers: { ...usual, [listPath]: page(contact(), twin), 'POST /api/v1/contacts/*/merge': twin },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Merge with another' }))
    await userEvent.click(await screen.findByRole('button', { name: /Rosa M\./ }))
    await userEvent.click(await screen.findByRole('radio', { name: /Rosa M\./ }))
    expect(screen.getByText(/Who stays is opted out/)).toBeVisible()
    expect(of('POST')).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Merge' }))
    await waitFor(() => expect(of('POST')[0]).toMatchObject({ path: '/api/v1/contacts/contact-2/merge', body: { from: 'contact-1' } }))
    expect(await screen.findByText('The two are one contact now.')).toBeVisible()
  })

  const twin = contact({ id: 'contact-2', name: 'Rosa M.' })
  const removing = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Remove' }))
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
  }
  const merging = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Merge with another' }))
    await userEvent.click(await screen.findByRole('button', { name: /Rosa M\./ }))
    await userEvent.click(await screen.findByRole('radio', { name: /Rosa M\./ }))
    await userEvent.click(screen.getByRole('button', { name: 'Merge' }))
  }
  const erasing = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Erase' }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Type ERASE to confirm' }), 'erase{Enter}')
  }
  const lastEvent = { type: 'contact.removed', id: 'e-1', data: { id: 'contact-1' } } as const

  test.each([
    ['removed', removing, 'DELETE /api/v1/contacts/*', '/contacts'],
    ['merged into another', merging, 'POST /api/v1/contacts/*/merge', '/contacts/contact-2'],
    ['erased', erasing, 'POST /api/v1/contacts/*/erase', '/contacts'],
  ])('that one has %s is left at once, also when its last event is faster than the answer', async (_, end, path, next) => {
    let answer: (value: unknown) => void = () => undefined
    let client: QueryClient | undefined
    let gone = false
    const seen: string[] = []
    function Watched() {
      client = useQueryClient()
      seen.push(useLocation().pathname)
      return <ContactPage />
    }
    const one = ({ path: asked }: Asked) => (asked.endsWith('contact-2') ? twin : gone ? failure(404, 'not_found') : contact())
    const { asked } = await showPage(<At address="/contacts/contact-1" path="/contacts/{-$contactId}" page={Watched} />, {
      answers: { ...usual, [onePath]: one, [listPath]: page(contact(), twin), [path]: () => new Promise((resolve) => (answer = resolve)) },
    })
    await end()
    await waitFor(() => expect(asked.at(-1)?.method).not.toBe('GET'))
    gone = true
    act(() => {
      if (client) applyEvent(client, lastEvent)
    })
    expect(screen.getAllByText('Rosa Martínez')).not.toHaveLength(0)
    answer(twin)
    await waitFor(() => expect(seen.at(-1)).toBe(next))
    const ended = asked.findIndex(({ method }) => method !== 'GET')
    expect(asked.slice(ended + 1).filter(({ path: later }) => later === '/api/v1/contacts/contact-1')).toEqual([])
  })

  test('that has a history is not removed, and it is said why', async () => {
    await showPage(detail, { answers: { ...usual, 'DELETE /api/v1/contacts/*': failure(409, 'contact_has_history') } })
    await userEvent.click(await screen.findByRole('button', { name: 'Remove' }))
    const dialog = await screen.findByRole('dialog', { name: 'Remove Rosa Martínez?' })
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('Erase it instead')
  })

  test('is merged and removed only by who may delete, as the server has it', async () => {
    await showPage(detail, { answers: usual, allowed: without('deleteContacts') })
    await screen.findByRole('button', { name: 'Change the name' })
    expect(screen.queryByRole('button', { name: 'Merge with another' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull()
  })

  test('goes out as a file', async () => {
    const saved: string[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download)
    })
    await showPage(detail, { answers: { ...usual, 'GET /api/v1/contacts/*/export-data': { contact: contact(), notes: [], messages: [], nextCursor: null } } })
    await userEvent.click(await screen.findByRole('button', { name: 'Download everything' }))
    await waitFor(() => expect(saved).toEqual(['contact-contact-1.json']))
  })

  test('is only read by who may do nothing else', async () => {
    await showPage(detail, { answers: usual, allowed: ['viewContacts'] })
    await screen.findByText('+436601234567')
    for (const name of ['Change the name', 'Opt out', 'Erase', 'Download everything', 'Merge with another', 'Remove']) {
      expect(screen.queryByRole('button', { name })).toBeNull()
    }
    expect(screen.queryByRole('textbox', { name: 'Tags' })).toBeNull()
  })
})
