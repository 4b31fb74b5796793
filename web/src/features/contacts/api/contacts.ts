// Contacts: lists, one, and what changes them.
import {
  infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient, type InfiniteData, type QueryClient,
} from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { withChanges, type AttributeRow } from '@/features/contacts/attributes'
import { queryOf, queryText, type ContactFilter } from '@/features/contacts/filter'
import { api, take } from '@/lib/api'
import { ApiError } from '@/lib/api_error'
import { changePages, changeQueries } from '@/lib/live/cache'

type Schemas = components['schemas']
export type Contact = Schemas['Contact']
type ContactPage = Schemas['ContactPage']

const pageSize = 50
const keys = { lists: ['contacts', 'list'], one: (id: string) => ['contacts', 'one', id] as const }

/** A page may hold fewer than asked for, or none, and more may follow. */
export const fetchContacts = (filter: ContactFilter, cursor: string | undefined, signal?: AbortSignal): Promise<ContactPage> =>
  take(
    api.GET('/api/v1/contacts', {
      params: { query: { ...queryOf(filter), limit: pageSize, cursor } },
      querySerializer: (query) => queryText(query, filter.conditions.attributes),
      signal: signal ?? null,
    }),
  )

export const contactsQuery = (filter: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.lists, filter],
    queryFn: ({ pageParam, signal }) => fetchContacts(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData, // a filter that changes does not empty the page for a moment
  })

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => take(api.GET('/api/v1/contacts/{id}', { params: { path: { id } }, signal })),
    staleTime: 60_000,
  })

/** The few first that fit what was typed. */
export const contactSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['contacts', 'search', q],
    queryFn: ({ signal }) => take(api.GET('/api/v1/contacts', { params: { query: { limit: 20, q } }, signal })),
  })

/** Puts what the server says where it is shown, without asking again. */
export function keepContact(client: QueryClient, contact: Contact): void {
  changeQueries<Contact>(client, { queryKey: keys.one(contact.id) }, () => contact)
  // It may belong elsewhere in the lists.
  changeRows(client, contact.id, (rows) => rows.map((one) => (one.id === contact.id ? contact : one)), { thenStale: true })
}

/** One that is gone, or not to be seen any more. */
export function dropContact(client: QueryClient, id: string): void {
  changeRows(client, id, (rows) => rows.filter((one) => one.id !== id))
  // Whoever ends it is led away from its page in a moment.
  if (client.isMutating({ mutationKey: endKey(id) }) === 0) void client.resetQueries({ queryKey: keys.one(id) })
}

function changeRows(client: QueryClient, id: string, change: (rows: Contact[]) => Contact[], told?: { thenStale: boolean }): void {
  changeQueries<InfiniteData<ContactPage>>(
    client,
    { queryKey: keys.lists },
    (list) => changePages(list, (page) => (page.contacts.some((one) => one.id === id) ? { ...page, contacts: change(page.contacts) } : page)),
    told,
  )
}

/** Of what ends a contact: merging, removing, erasing. */
export const endKey = (id: string) => ['contacts', 'end', id]

/** One has ended a contact: its page is left, then nothing of it is shown from memory. */
export async function forgetContact(client: QueryClient, id: string, leave: () => Promise<void>): Promise<void> {
  changeRows(client, id, (rows) => rows.filter((one) => one.id !== id))
  await leave()
  client.removeQueries({ queryKey: keys.one(id) })
  client.removeQueries({ queryKey: ['messages'] })
  void client.invalidateQueries({ queryKey: keys.lists })
  void client.invalidateQueries({ queryKey: ['conversations'] })
}

export const useCreateContact = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['NewContact']) => take(api.POST('/api/v1/contacts', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.lists }),
  })
}

export const useChangeContact = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['ContactChange']) => changeContact(id, body),
    onSuccess: (contact) => keepContact(client, contact),
  })
}

const changeContact = (id: string, body: Schemas['ContactChange']) =>
  take(api.PATCH('/api/v1/contacts/{id}', { params: { path: { id } }, body }))

/** They are stored as a whole: what others changed since the rows were made is asked for, and stays. */
export const useChangeAttributes = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ before, rows }: { before: Contact['attributes']; rows: AttributeRow[] }) => {
      const { attributes } = await client.fetchQuery({ ...contactQuery(id), staleTime: 0 })
      return changeContact(id, { attributes: withChanges(attributes, before, rows) as Contact['attributes'] })
    },
    onSuccess: (contact) => keepContact(client, contact),
  })
}

/** Turns what was seen round: opts out, or in again, unless a STOP has come in since. Then it fails when that is shown. */
export const useOptOut = (id: string) => {
  const client = useQueryClient()
  const params = { path: { id } }
  return useMutation({
    mutationFn: ({ status, optedOutAt }: Contact['optOut']) =>
      take(
        status
          ? api.POST('/api/v1/contacts/{id}/opt-in', { params, body: { expected: { optedOutAt } } })
          : api.POST('/api/v1/contacts/{id}/opt-out', { params }),
      ),
    onSuccess: (contact) => keepContact(client, contact),
    onError: async (failure) => {
      if (!isOptOutChanged(failure)) return
      void client.invalidateQueries({ queryKey: keys.lists })
      await client.invalidateQueries({ queryKey: keys.one(id) })
    },
  })
}

export const isOptOutChanged = (failure: unknown): boolean => failure instanceof ApiError && failure.code === 'opt_out_changed'
