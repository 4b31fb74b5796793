import { useQuery } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'

import { SuspendedNotice } from '@/app/suspended_notice'
import { api, take } from '@/lib/api'
import { failure, showPage } from '@/lib/testing'

function Page() {
  const { data } = useQuery({
    queryKey: ['contacts'],
    queryFn: () => take(api.GET('/api/v1/contacts')),
    refetchInterval: 50,
  })
  return (
    <>
      <SuspendedNotice />
      {data ? 'contacts are there' : null}
    </>
  )
}

const workspace = (suspended: boolean) => ({ id: 'workspace-1', suspended, suspendedReason: suspended ? 'Unpaid' : '' })
const contacts = { contacts: [], nextCursor: null }

afterEach(() => vi.useRealTimers())

test('a member is told of a suspension and its reason, and goes on by itself when it is over', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  let suspended = true
  const shown = await showPage(<Page />, {
    answers: {
      'GET /api/v1/contacts': () => (suspended ? failure(403, 'workspace_suspended') : contacts),
      'GET /api/v1/workspace': () => workspace(suspended),
    },
  })
  expect(await screen.findByRole('alert')).toHaveTextContent('This workspace is suspended')
  expect(screen.getByText('Unpaid')).toBeVisible()
  suspended = false
  await vi.advanceTimersByTimeAsync(10_000)
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  expect(await screen.findByText('contacts are there')).toBeVisible()
  expect(shown.of('GET').filter(({ path }) => path.endsWith('/workspace')).length).toBeLessThan(5)
})

test('nobody is asked about the workspace while nothing is refused', async () => {
  const { asked } = await showPage(<Page />, { answers: { 'GET /api/v1/contacts': contacts } })
  expect(await screen.findByText('contacts are there')).toBeVisible()
  expect(screen.queryByRole('alert')).toBeNull()
  expect(asked.every(({ path }) => path === '/api/v1/contacts')).toBe(true)
})
