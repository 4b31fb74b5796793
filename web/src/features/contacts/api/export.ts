// Contacts as a file, in pieces as they arrive.
import { queryOf, queryText, type ContactFilter } from '@/features/contacts/filter'
import type { ExportFormat } from '@/components/export_button'
import { api, take } from '@/lib/api'

export async function openExport(filter: ContactFilter, format: ExportFormat, signal: AbortSignal) {
  const stream = await take(
    api.GET('/api/v1/contacts/export', {
      params: { query: { ...queryOf(filter), format } },
      querySerializer: (query) => queryText(query, filter.conditions.attributes),
      parseAs: 'stream',
      signal,
    }),
  )
  if (!stream) throw new Error('The export has no body.')
  return stream
}
