// Goal: a file is sent, its columns are told, and what became of it is shown, to who may import.
import {
  createBrowserHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider, type RouterHistory,
} from '@tanstack/react-router'
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState, type ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Import } from '@/features/contact_imports/api/imports'
import { ImportPage } from '@/features/contact_imports/pages/import_page'
import { ImportsPage } from '@/features/contact_imports/pages/imports_page'
import { At } from '@/features/inbox/testing'
import { clearSession } from '@/lib/session'
import { failure, showPage, testStates } from '@/lib/testing'

const listPath = 'GET /api/v1/contact-imports'
const onePath = 'GET /api/v1/contact-imports/*'
const list = <At address="/contacts/imports" path="/contacts/imports" page={ImportsPage} />
const detail = <At address="/contacts/imports/import-1" path="/contacts/imports/$importId" page={ImportPage} />
const page = (...imports: Import[]) => ({ imports, nextCursor: null })

const one = (change: Partial<Import> = {}): Import => ({
  id: 'import-1',
  state: 'ready',
  fileName: 'people.csv',
  userId: 'user-1',
  delimiter: 'comma',
  header: ['Who', 'Mobile', 'City'],
  sample: [
    ['Ann Lee', '+43 660 1', 'Graz'],
    ['Bob', '+43 660 2', ''],
  ],
  guess: ['name', 'phone', 'attributes.City'],
  mapping: null,
  options: null,
  bytes: 100,
  rowsTotal: 1_234,
  rowsDone: 0,
  created: 0,
  updated: 0,
  skipped: 0,
  refused: 0,
  failure: null,
  createdAt: '2026-11-26T10:00:00Z',
  startedAt: null,
  endedAt: null,
  ...change,
})
const ended = one({ state: 'done', rowsDone: 1_234, created: 1_190, updated: 4, skipped: 3, refused: 37, startedAt: '2026-11-26T10:01:00Z', endedAt: '2026-11-26T10:02:00Z' })

testStates('the imports', { page: list, list: listPath, empty: { answer: page(), shows: 'Nothing was imported yet' } })
testStates('an import', { page: detail, list: onePath })

test('imports are listed with what became of their rows', async () => {
  await showPage(list, { answers: { [listPath]: page(one({ id: 'import-2', state: 'running', rowsDone: 600, startedAt: '2026-11-26T10:01:00Z' }), ended) } })
  const rows = await screen.findAllByRole('listitem')
  expect(rows[0]).toHaveTextContent('Under way')
  expect(within(rows[0] ?? document.body).getByRole('progressbar', { name: '600 of 1,234 rows' })).toBeInTheDocument()
  expect(rows[1]).toHaveTextContent('37 refused')
  expect(screen.getAllByRole('link', { name: 'people.csv' })[1]).toHaveAttribute('href', '/contacts/imports/import-1')
})

const file = new File(['Who,Mobile\r\nAnn,+43 660 1\r\n'], 'people.csv', { type: 'text/csv' })
const RealRequest = globalThis.XMLHttpRequest
let sent: FakeRequest[] = []
class FakeRequest {
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  onload?: () => void
  onabort?: () => void
  url = ''
  headers: Record<string, string> = {}
  status = 0
  statusText = ''
  response: unknown = null
  responseType = ''
  body: unknown
  aborted = false
  open = (_method: string, url: string) => (this.url = url)
  setRequestHeader = (name: string, value: string) => (this.headers[name] = value)
  abort = () => {
    this.aborted = true
    this.onabort?.()
  }
  send = (body: unknown) => {
    this.body = body
    sent.push(this)
  }
  answer = (status: number, response: unknown) => {
    this.status = status
    this.response = response
    this.onload?.()
  }
}
beforeEach(() => {
  sent = []
  globalThis.XMLHttpRequest = FakeRequest as never
})
afterEach(() => {
  globalThis.XMLHttpRequest = RealRequest
})

/** The request that the chosen file is on its way with. */
async function choose({ page: shown = list }: { page?: ReactNode } = {}) {
  await showPage(shown, { answers: { [listPath]: page() } })
  await userEvent.upload(await screen.findByLabelText('Choose a file', { selector: 'input' }), file)
  await waitFor(() => expect(sent).toHaveLength(1))
  return sent[0] as FakeRequest
}

describe('a file', () => {
  test('goes as it is, with how far it is, and leads to its import', async () => {
    const request = await choose()
    expect(request.url).toBe('/api/v1/contact-imports?fileName=people.csv&encoding=utf-8')
    expect(request.headers.Authorization).toBe('Bearer token')
    expect(request.body).toBe(file)
    act(() => request.upload.onprogress?.({ loaded: 30, total: 60 }))
    expect((await screen.findAllByText('Sending: 50%'))[0]).toBeVisible()
    act(() => request.answer(201, one()))
    await waitFor(() => expect(screen.queryByText('Sending: 50%')).toBeNull())
  })

  test('says how far it is at each quarter, and to who asks the bar at any time', async () => {
    const request = await choose()
    const spoken = async () => (await screen.findByRole('status')).textContent
    const heard: (string | null)[] = [await spoken()]
    for (const loaded of [1, 10, 24, 25, 26, 49, 60, 74, 80, 99, 100]) {
      act(() => request.upload.onprogress?.({ loaded, total: 100 }))
      const now = await spoken()
      if (now !== heard.at(-1)) heard.push(now)
      expect(screen.getByRole('progressbar', { name: 'Sent of the file' })).toHaveAttribute('aria-valuenow', String(loaded))
    }
    expect(heard).toEqual(['Sending: 0%', 'Sending: 25%', 'Sending: 50%', 'Sending: 75%', 'Reading the file…'])
  })

  test('that cannot be read is refused in the words of the server', async () => {
    const request = await choose()
    act(() => request.answer(422, { error: { code: 'import_file_invalid', message: 'A quote of line 7 is never closed.' } }))
    expect(await screen.findByRole('alert')).toHaveTextContent('A quote of line 7 is never closed.')
  })

  test('can be stopped on its way', async () => {
    await choose()
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    expect(await screen.findByLabelText('Choose a file', { selector: 'input' })).toBeInTheDocument()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('leaving while a file is sent', () => {
  // The blockers of a router are those of a browser's history; one in memory has none.
  let history: RouterHistory
  function InBrowser() {
    const [router] = useState(() => {
      const root = createRootRoute({ component: Outlet })
      const here = createRoute({ getParentRoute: () => root, path: '/contacts/imports', component: ImportsPage })
      const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => 'elsewhere' })
      return createRouter({ routeTree: root.addChildren([here, elsewhere]), history })
    })
    return <RouterProvider router={router} />
  }
  const leaves = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

  beforeEach(() => {
    window.history.replaceState(null, '', '/contacts/imports')
    history = createBrowserHistory()
  })
  afterEach(() => history.destroy())

  test('is asked about, and staying changes nothing', async () => {
    const request = await choose({ page: <InBrowser /> })
    await userEvent.click(screen.getByRole('link', { name: 'All contacts' }))
    const dialog = await screen.findByRole('dialog', { name: 'Leave and stop sending?' })
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(request.aborted).toBe(false)
    expect(window.location.pathname).toBe('/contacts/imports')
  })

  test('stops it once that was confirmed', async () => {
    const request = await choose({ page: <InBrowser /> })
    await userEvent.click(screen.getByRole('link', { name: 'All contacts' }))
    const dialog = await screen.findByRole('dialog', { name: 'Leave and stop sending?' })
    expect(request.aborted).toBe(false)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Leave' }))
    expect(await screen.findByText('elsewhere')).toBeVisible()
    expect(request.aborted).toBe(true)
  })

  test('is not asked about when the file has come, or the session has ended', async () => {
    const request = await choose({ page: <InBrowser /> })
    act(() => request.answer(201, one()))
    expect(await screen.findByText('elsewhere')).toBeVisible()
    expect(window.location.pathname).toBe('/contacts/imports/import-1')
    cleanup()
    window.history.replaceState(null, '', '/contacts/imports')
    sent = []
    await choose({ page: <InBrowser /> })
    clearSession()
    await userEvent.click(screen.getByRole('link', { name: 'All contacts' }))
    expect(await screen.findByText('elsewhere')).toBeVisible()
  })

  test('is asked about by the browser when the tab is closed', async () => {
    await showPage(<InBrowser />, { answers: { [listPath]: page() } })
    await screen.findByLabelText('Choose a file', { selector: 'input' })
    expect(leaves()).toBe(true)
    cleanup()
    const request = await choose({ page: <InBrowser /> })
    expect(leaves()).toBe(false)
    act(() => request.answer(422, { error: { code: 'import_file_invalid', message: 'No.' } }))
    await screen.findByRole('alert')
    expect(leaves()).toBe(true)
  })
})

describe('the columns of a file', () => {
  const answers = { [onePath]: one(), 'POST /api/v1/contact-imports/*/start': one({ state: 'queued' }) }

  test('mean what was guessed until somebody says otherwise', async () => {
    const { of } = await showPage(detail, { answers })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'What Who becomes' }), 'tags')
    const detailName = screen.getByRole('textbox', { name: 'Name of the detail from City' })
    await userEvent.clear(detailName)
    await userEvent.type(detailName, 'Town')
    await userEvent.type(screen.getByRole('textbox', { name: 'Tags for everybody' }), 'fair{Enter}')
    await userEvent.click(screen.getByRole('radio', { name: 'Leave them as they are' }))
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Country of short numbers' }), 'AT')
    const cells = within(screen.getByRole('table')).getAllByRole('row')[1]
    expect(cells).toHaveTextContent('+43 660 1')
    expect(cells).toHaveTextContent('fair')
    expect(cells).toHaveTextContent('Town')
    await userEvent.click(screen.getByRole('button', { name: 'Import 1,234 rows' }))
    await waitFor(() =>
      expect(of('POST')[0]?.body).toEqual({ mapping: ['tags', 'phone', 'attributes.Town'], existing: 'skip', tags: ['fair'], country: 'AT' }),
    )
    expect(await screen.findByText('The import waits')).toBeVisible()
  })

  test('may be given one name for a moment, and the preview shows both', async () => {
    const complaints = vi.spyOn(console, 'error')
    await showPage(detail, { answers: { ...answers, [onePath]: one({ guess: ['attributes.City', 'phone', 'attributes.City'] }) } })
    expect(await screen.findByText('Two columns become the same detail.')).toBeVisible()
    const preview = screen.getByRole('group', { name: 'The first rows as contacts' }) // its card is the region of that name
    expect(within(preview).getAllByRole('row')[1]).toHaveTextContent('City Ann LeeCity Graz')
    expect(complaints).not.toHaveBeenCalled()
    complaints.mockRestore()
  })

  test('must name the phone', async () => {
    await showPage(detail, { answers })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'What Mobile becomes' }), 'none')
    expect(screen.getByText('Say which column is the phone number.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Import 1,234 rows' })).toBeDisabled()
  })

  test('need not be told when the file is thrown away', async () => {
    const { of } = await showPage(detail, { answers: { ...answers, 'POST /api/v1/contact-imports/*/cancel': one({ state: 'cancelled', endedAt: '2026-11-26T10:02:00Z' }) } })
    await userEvent.click(await screen.findByRole('button', { name: 'Discard the file' }))
    const dialog = await screen.findByRole('dialog', { name: 'Discard this file?' })
    expect(of('POST')).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Discard' }))
    expect(await screen.findByText('The import was stopped')).toBeVisible()
  })
})

describe('an import', () => {
  test('tells how far it is until it has ended', async () => {
    let asked = 0
    const answer = () => {
      asked += 1
      return asked === 1 ? one({ state: 'running', rowsDone: 617, created: 600, startedAt: '2026-11-26T10:01:00Z' }) : ended
    }
    await showPage(detail, { answers: { [onePath]: answer } })
    expect(await screen.findByRole('progressbar', { name: '617 of 1,234 rows' })).toBeInTheDocument()
    expect(await screen.findByText('The import is done', undefined, { timeout: 10_000 })).toBeVisible()
    expect(within(screen.getByRole('list', { name: 'What became of the rows' })).getByText('1,190')).toBeVisible()
  })

  test('is called by its file, whose dots and brackets stay where they are in Arabic', async () => {
    await showPage(detail, { answers: { [onePath]: one({ fileName: 'people (1).csv' }) } })
    const heading = await screen.findByRole('heading', { level: 1, name: 'people (1).csv' })
    expect(heading.querySelector('bdi')).toHaveTextContent('people (1).csv')
  })

  test('gives the refused rows as a file', async () => {
    const made = vi.spyOn(URL, 'createObjectURL')
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    await showPage(detail, { answers: { [onePath]: ended, 'GET /api/v1/contact-imports/*/refused': () => new Response('line,reason\r\n') } })
    await userEvent.click(await screen.findByRole('button', { name: 'Download 37 refused rows' }))
    await waitFor(() => expect(made.mock.calls[0]?.[0]).toMatchObject({ size: 13 }))
  })

  test('is stopped after a question', async () => {
    const running = one({ state: 'running', rowsDone: 617, startedAt: '2026-11-26T10:01:00Z' })
    const { of } = await showPage(detail, { answers: { [onePath]: running, 'POST /api/v1/contact-imports/*/cancel': failure(409, 'import_not_ready') } })
    await userEvent.click(await screen.findByRole('button', { name: 'Stop' }))
    const dialog = await screen.findByRole('dialog', { name: 'Stop this import?' })
    expect(of('POST')).toEqual([])
    await userEvent.click(within(dialog).getByRole('button', { name: 'Stop' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('cannot be started or stopped any more')
  })
})
