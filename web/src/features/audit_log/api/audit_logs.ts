// The log a page at a time, the proof of it, and the export as a stream.
import { infiniteQueryOptions, useMutation } from '@tanstack/react-query'

import type { components } from '@/api/generated/openapi'
import type { ExportFormat } from '@/components/export_button'
import { queryOf, type AuditFilter } from '@/features/audit_log/filter'
import { api, take } from '@/lib/api'

const pageSize = 50

export const auditLogsQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit-logs', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...queryOf(filter), limit: pageSize, ...(pageParam && { cursor: pageParam }) }
      return take(api.GET('/api/v1/audit-logs', { params: { query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    select: ({ pages }) => ({
      entries: pages.flatMap((page) => page.logs),
      total: pages[0]?.total ?? null,
    }),
  })

export type Proof = components['schemas']['AuditProof']

/** Proves the whole log, part by part; says after each how many entries are proved so far. */
export const useVerify = (onProgress: (entries: number) => void) =>
  useMutation({
    mutationFn: async (): Promise<Proof> => {
      let entries = 0
      let cursor: string | null = null
      for (;;) {
        const query: { cursor?: string } = cursor ? { cursor } : {}
        const part: Proof = await take(api.GET('/api/v1/audit-logs/verify', { params: { query } }))
        entries += part.entries
        onProgress(entries)
        if (!part.nextCursor) return { ...part, entries }
        cursor = part.nextCursor
      }
    },
  })

/** Everything that matches, in pieces as they arrive. */
export async function openExport(filter: AuditFilter, format: ExportFormat, signal: AbortSignal) {
  const query = { ...queryOf(filter), format }
  const stream = await take(api.GET('/api/v1/audit-logs/export', { params: { query }, parseAs: 'stream', signal }))
  if (!stream) throw new Error('The export has no body.')
  return stream
}
