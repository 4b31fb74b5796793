// Goal: a page that comes takes no longer in a long list than in a short one, and one that is pulled fast makes no rows
// anew. Method: pages that count how many of their rows are looked at; the elements of rows before and after.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import { useState, type ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { conversationsQuery, type ConversationPage } from '@/features/inbox/api/conversations'
import { folders } from '@/features/inbox/filter'
import { at, listPath, usual } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes } from '@/features/inbox/testing'
import { conversation, rowContact } from '@/features/inbox/testing_data'
import { never, showPage } from '@/lib/testing'

const pageSize = 50
const rowPx = 68
const screenPx = 600

beforeEach(() => {
  giveSizes({ screenPx })
  localStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

const rows = (from: number) =>
  Array.from({ length: pageSize }, (_, index) => conversation({ id: `${from + index}`, contact: rowContact({ name: `Person ${from + index}` }) }))

function watchedPages(count: number) {
  let looks = 0
  const watched = (list: ConversationPage['conversations']) =>
    new Proxy(list, {
      get: (target, key, receiver) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks += 1
        return Reflect.get(target, key, receiver) as unknown
      },
    })
  const pages = Array.from({ length: count }, (_, page) => ({ conversations: watched(rows(page * pageSize)), nextCursor: `page ${page + 1}` }))
  return { pages, takeLooks: () => [looks, (looks = 0)][0] }
}

/** The pages are there before the list asks for any. */
function Loaded({ pages, children }: { pages: ConversationPage[]; children: ReactNode }) {
  const client = useQueryClient()
  useState(() => client.setQueryData(conversationsQuery(folders.all).queryKey, { pages, pageParams: pages.map(() => undefined) }))
  return children
}

test('a page that comes has no row looked at but those that can be seen', async () => {
  const { pages, takeLooks } = watchedPages(40)
  const loaded = pages.length * pageSize
  let release: (page: unknown) => void = () => undefined
  const { asked } = await showPage(<Loaded pages={pages}>{at('/inbox')}</Loaded>, {
    answers: { ...usual, [listPath]: () => new Promise((resolve) => (release = resolve)) },
  })
  const scroller = (await screen.findByRole('list', { name: 'Conversations' })).parentElement
  act(() => {
    if (scroller) scroller.scrollTop = loaded * rowPx - screenPx
    scroller?.dispatchEvent(new Event('scroll'))
  })
  await waitFor(() => expect(asked.some(({ query }) => query.has('cursor'))).toBe(true))
  takeLooks()
  await act(async () => release({ conversations: rows(loaded), nextCursor: null }))
  expect(await screen.findByText(`Person ${loaded}`)).toBeInTheDocument()
  expect(takeLooks()).toBeLessThan(pageSize)
  expect(screen.getByText(`Person ${loaded}`).closest('[role=listitem]')).toHaveAttribute('aria-posinset', `${loaded + 1}`)
})

test('a next page that a fetch of all has ended is asked for again, though that brought nothing new', async () => {
  let client: QueryClient | undefined
  function TakeClient() {
    client = useQueryClient()
    return null
  }
  let ended = false
  const answer = ({ query }: { query: URLSearchParams }) => {
    if (!query.has('cursor')) return { conversations: rows(0), nextCursor: 'page 1' }
    if (ended) return { conversations: rows(pageSize), nextCursor: null }
    ended = true // before the list was told that it is on its way
    void client?.refetchQueries({ queryKey: conversationsQuery(folders.all).queryKey })
    return never()
  }
  await showPage(<><TakeClient />{at('/inbox')}</>, { answers: { ...usual, [listPath]: answer } })
  const scroller = (await screen.findByRole('list', { name: 'Conversations' })).parentElement
  act(() => {
    if (scroller) scroller.scrollTop = pageSize * rowPx - screenPx
    scroller?.dispatchEvent(new Event('scroll'))
  })
  expect(await screen.findByText(`Person ${pageSize}`)).toBeInTheDocument()
})

/** A list of ten pages, and what is shown of it. */
async function showLoaded() {
  const pages = Array.from({ length: 10 }, (_, page) => ({ conversations: rows(page * pageSize), nextCursor: page < 9 ? `page ${page + 1}` : null }))
  await showPage(<Loaded pages={pages}>{at('/inbox')}</Loaded>, { answers: { ...usual, [listPath]: never } })
  const list = await screen.findByRole('list', { name: 'Conversations' })
  const scrollToRow = (place: number) =>
    act(() => {
      if (list.parentElement) list.parentElement.scrollTop = place * rowPx
      list.parentElement?.dispatchEvent(new Event('scroll'))
    })
  return { items: () => [...list.children], links: () => [...list.querySelectorAll<HTMLElement>('[data-conversation]')], scrollToRow }
}

const idsOf = (links: HTMLElement[]) => links.map(({ dataset }) => Number(dataset.conversation))

test('rows that are all replaced at once are the same elements, in order, and lead where they say', async () => {
  const { items, links, scrollToRow } = await showLoaded()
  scrollToRow(100)
  const before = items()
  scrollToRow(300)
  expect(items()).toEqual(before)
  const [first = 0] = idsOf(links())
  expect(first).toBeGreaterThan(290)
  expect(idsOf(links())).toEqual(links().map((_, index) => first + index))
  for (const link of links()) {
    expect(link).toHaveTextContent(`Person ${link.dataset.conversation}`)
    expect(link.getAttribute('href')).toMatch(new RegExp(`/inbox/${link.dataset.conversation}$`))
    expect(link.closest('[role=listitem]')).toHaveAttribute('aria-posinset', `${Number(link.dataset.conversation) + 1}`)
  }
})

test('rows that are pulled fast show who and what, and their signs once they rest', async () => {
  const { links, scrollToRow } = await showLoaded()
  const signs = () => screen.queryAllByText('vip').length
  scrollToRow(100)
  expect(signs()).toBe(links().length)
  scrollToRow(300)
  expect(signs()).toBe(0)
  for (const link of links()) expect(link).toHaveTextContent(new RegExp(`Person ${link.dataset.conversation}.*Is my order ready`))
  await waitFor(() => expect(signs()).toBe(links().length))
  expect(idsOf(links())).toContain(300)
})

test('a row with the focus never becomes another', async () => {
  const { items, links, scrollToRow } = await showLoaded()
  scrollToRow(100)
  links()[5]?.focus()
  const before = items()
  scrollToRow(300)
  for (const item of items()) expect(before).not.toContain(item)
  expect(document.activeElement).toBe(document.body)
})
