// Contacts: lists, one, and what changes them.
import {
  infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type InfiniteData, type QueryClient,
} from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { api, take } from '@/lib/api'

type Schemas = components['schemas']
export type Contact = Schemas['Contact']
type ContactPage = Schemas['ContactPage']

export interface ContactFilter {
  /** Part of the name, or digits of the phone. */
  q: string
  tag: string
}

const pageSize = 50
const keys = { lists: ['contacts', 'list'], one: (id: string) => ['contacts', 'one', id] as const }

export const contactsQuery = ({ q, tag }: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.lists, { q, tag }],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.GET('/api/v1/contacts', {
          params: { query: { limit: pageSize, q: q || undefined, tag: tag ? [tag] : undefined, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
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
  client.setQueryData(contactQuery(contact.id).queryKey, (old) => old && contact)
  void client.invalidateQueries({ queryKey: keys.lists, refetchType: 'none' }) // it may belong elsewhere in them
  client.setQueriesData<InfiniteData<ContactPage>>({ queryKey: keys.lists }, (lists) =>
    lists && {
      ...lists,
      pages: lists.pages.map((page) => ({
        ...page,
        contacts: page.contacts.map((one) => (one.id === contact.id ? contact : one)),
      })),
    },
  )
}

/** One that is gone, or not to be seen any more. */
export function dropContact(client: QueryClient, id: string): void {
  client.setQueriesData<InfiniteData<ContactPage>>({ queryKey: keys.lists }, (lists) =>
    lists && {
      ...lists,
      pages: lists.pages.map((page) => ({ ...page, contacts: page.contacts.filter((one) => one.id !== id) })),
    },
  )
  void client.resetQueries({ queryKey: keys.one(id) })
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
    mutationFn: (body: Schemas['ContactChange']) =>
      take(api.PATCH('/api/v1/contacts/{id}', { params: { path: { id } }, body })),
    onSuccess: (contact) => keepContact(client, contact),
  })
}

export const useOptOut = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (out: boolean) =>
      take(api.POST(out ? '/api/v1/contacts/{id}/opt-out' : '/api/v1/contacts/{id}/opt-in', { params: { path: { id } } })),
    onSuccess: (contact) => keepContact(client, contact),
  })
}
