import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import type { components } from '@/api/generated/openapi'
import { OverviewPage } from '@/features/overview/pages/overview_page'
import { failure, showPage, testStates, type Asked } from '@/lib/testing'

type Schemas = components['schemas']

const list = 'GET /api/v1/overview'
const workspace = 'GET /api/v1/workspace'
const counts = (inbound: number): Schemas['OverviewCounts'] => ({
  inbound,
  outbound: 3,
  failed: 1,
  newContacts: 2,
  optOuts: 0,
  replies: 3,
  medianWaitSeconds: 200,
})
const overview: Schemas['Overview'] = {
  days: [
    { date: '2026-11-25', counts: { ...counts(0), medianWaitSeconds: null } },
    { date: '2026-11-26', counts: counts(1234) },
  ],
  total: counts(5678),
  hours: [{ begin: '2026-11-26T09:00:00Z', inbound: 7, outbound: 8 }],
  open: [
    { hoursMax: 1, waiting: 4, answered: 5 },
    { hoursMax: null, waiting: 6, answered: 0 },
  ],
  openExact: true,
  complete: true,
}
const answers = { [workspace]: { phoneNumbers: [] }, [list]: overview }

testStates('the overview', { page: <OverviewPage />, answers, list })

test('today stands beside the whole period', async () => {
  await showPage(<OverviewPage />, { answers })
  const figure = (await screen.findByText('Messages in', { selector: 'dt' })).parentElement
  expect(figure).toHaveTextContent('1,234')
  expect(figure).toHaveTextContent('5,678 in 2 days')
  expect(screen.getByText('Customers waited').parentElement).toHaveTextContent('3 min')
  expect(screen.queryByRole('alert')).toBeNull()
})

test('open conversations are told by age', async () => {
  await showPage(<OverviewPage />, { answers })
  const ages = within(await screen.findByRole('region', { name: 'Open conversations' })).getAllByRole('listitem')
  expect(ages.map((age) => age.textContent)).toEqual([
    'Under 1 hour4 waiting, 5 answered',
    'Over 1 hour6 waiting, 0 answered',
  ])
})

test('the chart can show today by hour, and says the same in a table', async () => {
  await showPage(<OverviewPage />, { answers })
  const card = await screen.findByRole('region', { name: 'Messages' })
  expect(within(card).getByRole('row', { name: 'Nov 26 1,234 3' })).toBeInTheDocument()
  await userEvent.click(within(card).getByText('Today by hour'))
  expect(within(card).getAllByRole('row')[1]).toHaveTextContent('78')
})

test('another period is asked of the server, with the zone of this browser', async () => {
  const { of } = await showPage(<OverviewPage />, { answers })
  await userEvent.click(await screen.findByText('90 days'))
  await waitFor(() => expect(of('GET').some(({ query }) => query.get('days') === '90')).toBe(true))
  expect(of('GET')[0]?.query.get('timeZone')).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
})

test('a period that cannot be had can be left for another', async () => {
  const answer = ({ query }: Asked) => (query.get('days') === '90' ? failure(500, 'internal_error') : overview)
  await showPage(<OverviewPage />, { answers: { ...answers, [list]: answer } })
  await screen.findByText('Messages in', { selector: 'dt' })
  await userEvent.click(screen.getByText('90 days'))
  expect(await screen.findByRole('alert')).toHaveTextContent('The server had a problem')
  await userEvent.click(screen.getByText('7 days'))
  expect(await screen.findByText('Messages in', { selector: 'dt' })).toBeVisible()
})

test('an hour that comes twice when clocks go back is shown twice', async () => {
  // A day apart, so that they have one name in whatever zone this runs.
  const hours = ['2026-11-25T09:00:00Z', '2026-11-26T09:00:00Z'].map((begin, place) => ({ begin, inbound: place, outbound: 2_000 }))
  const complaints = vi.spyOn(console, 'error')
  await showPage(<OverviewPage />, { answers: { ...answers, [list]: { ...overview, hours } } })
  const card = await screen.findByRole('region', { name: 'Messages' })
  await userEvent.click(within(card).getByText('Today by hour'))
  expect(within(card).getByRole('row', { name: /M 0 2,000$/ })).toBeInTheDocument()
  expect(within(card).getByRole('row', { name: /M 1 2,000$/ })).toBeInTheDocument()
  expect(complaints).not.toHaveBeenCalled()
  complaints.mockRestore()
})

test('figures that still grow are said to', async () => {
  await showPage(<OverviewPage />, { answers: { ...answers, [list]: { ...overview, complete: false } } })
  expect(await screen.findByRole('alert')).toHaveTextContent('still being counted')
})

test('numbers that cannot be read do not hide the figures', async () => {
  await showPage(<OverviewPage />, { answers: { ...answers, [workspace]: failure(500, 'internal_error') } })
  expect(await screen.findByText('Messages in', { selector: 'dt' })).toBeVisible()
})
