import { act, fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, test, vi } from 'vitest'

import { FilterBar } from '@/features/contacts/components/filter_bar'
import { everyone, type ContactFilter } from '@/features/contacts/filter'
import { showPage } from '@/lib/testing'

let filter: ContactFilter
let setFilter: (filter: ContactFilter) => void

function Bar({ begin }: { begin: ContactFilter }) {
  ;[filter, setFilter] = useState(begin)
  return <FilterBar filter={filter} tags={[]} onChange={setFilter} />
}

async function show(begin: Partial<ContactFilter>): Promise<HTMLElement> {
  await showPage(<Bar begin={{ ...everyone, ...begin }} />, { answers: {} })
  vi.useFakeTimers()
  return screen.getByRole('searchbox')
}
const rest = () => act(() => vi.advanceTimersByTimeAsync(1_000))

afterEach(() => vi.useRealTimers())

test('what is typed is sent when the typing rests', async () => {
  const field = await show({ q: 'ab' })
  fireEvent.change(field, { target: { value: 'abc' } })
  expect(filter.q).toBe('ab')
  await rest()
  expect(filter.q).toBe('abc')
})

test.each([
  ['a search', { q: 'ab' }],
  ['a tag', { conditions: { tags: ['vip'] } }],
])('clearing %s while the typing rests clears what was typed as well', async (_, begin) => {
  const field = await show(begin)
  fireEvent.change(field, { target: { value: 'abc' } })
  fireEvent.click(screen.getByRole('button', { name: 'Clear' }))
  await rest()
  expect(filter).toEqual(everyone)
  expect(screen.getByRole('searchbox')).toHaveValue('')
})

test('going back to another search while the typing rests stays there', async () => {
  const field = await show({ q: 'ab' })
  fireEvent.change(field, { target: { value: 'abc' } })
  act(() => setFilter({ ...everyone, q: 'x' }))
  await rest()
  expect(filter.q).toBe('x')
  expect(field).toHaveValue('x')
})
