// Acts on contacts as such: two that are one person, and one that was made by mistake.
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { contactQuery, endKey, forgetContact } from '@/features/contacts/api/contacts'
import { api, take } from '@/lib/api'

interface Pair {
  kept: string
  gone: string
}

/** `leave`: away from what shows the one that is gone. It is called whether or not that is shown still. */
export const useMergeContacts = ({ kept, gone }: Pair, leave: () => Promise<void>) => {
  const client = useQueryClient()
  return useMutation({
    mutationKey: endKey(gone),
    mutationFn: () => take(api.POST('/api/v1/contacts/{id}/merge', { params: { path: { id: kept } }, body: { from: gone } })),
    onSuccess: (contact) => {
      client.setQueryData(contactQuery(contact.id).queryKey, contact)
      return forgetContact(client, gone, leave)
    },
    onError: () => void client.invalidateQueries({ queryKey: contactQuery(gone).queryKey }), // somebody may have been faster
  })
}

/** `leave` as above. */
export const useRemoveContact = (id: string, leave: () => Promise<void>) => {
  const client = useQueryClient()
  return useMutation({
    mutationKey: endKey(id),
    mutationFn: () => take(api.DELETE('/api/v1/contacts/{id}', { params: { path: { id } } })),
    onSuccess: () => forgetContact(client, id, leave),
    onError: () => void client.invalidateQueries({ queryKey: contactQuery(id).queryKey }),
  })
}
