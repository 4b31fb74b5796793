// Everything that is held about one contact: to be given to them, or to be erased.
import { useMutation, useQueryClient } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import { contactQuery, endKey, forgetContact } from '@/features/contacts/api/contacts'
import { api, take } from '@/lib/api'

type ContactExport = components['schemas']['ContactExport']

async function fetchExport(id: string): Promise<ContactExport> {
  const ask = (cursor?: string) =>
    take(api.GET('/api/v1/contacts/{id}/export-data', { params: { path: { id }, query: { cursor } } }))
  const whole = await ask()
  for (let cursor = whole.nextCursor; cursor; ) {
    const page = await ask(cursor)
    whole.notes = [...(whole.notes ?? []), ...(page.notes ?? [])]
    whole.messages.push(...page.messages)
    cursor = page.nextCursor
  }
  return { ...whole, nextCursor: null }
}

/** All pages of the export as one JSON file. */
export const useExportContact = (id: string) =>
  useMutation({
    mutationFn: async () => new Blob([JSON.stringify(await fetchExport(id), null, 2)], { type: 'application/json' }),
  })

/** `leave`: away from its page. It is called whether or not that is shown still. */
export const useEraseContact = (id: string, leave: () => Promise<void>) => {
  const client = useQueryClient()
  return useMutation({
    mutationKey: endKey(id),
    mutationFn: () => take(api.POST('/api/v1/contacts/{id}/erase', { params: { path: { id } }, body: { confirm: id } })),
    onSuccess: () => forgetContact(client, id, leave),
    onError: () => void client.invalidateQueries({ queryKey: contactQuery(id).queryKey }), // somebody may have been faster
  })
}
