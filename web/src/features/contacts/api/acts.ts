// Acts on contacts as such: two that are one person, and one that was made by mistake.
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { contactQuery, forgetContact } from '@/features/contacts/api/contacts'
import { api, take } from '@/lib/api'

export const useMergeContacts = () => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kept, gone }: { kept: string; gone: string }) =>
      take(api.POST('/api/v1/contacts/{id}/merge', { params: { path: { id: kept } }, body: { from: gone } })),
    onSuccess: (contact, { gone }) => {
      client.setQueryData(contactQuery(contact.id).queryKey, contact)
      return forgetContact(client, gone)
    },
  })
}

export const useRemoveContact = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/contacts/{id}', { params: { path: { id } } })),
    onSuccess: () => forgetContact(client, id),
  })
}
