// What the log is searched for, as the page holds it and as the server is asked.
import type { paths } from '@/api/generated/openapi'

export interface AuditFilter {
  action: string
  actorKind: '' | NonNullable<AuditQuery['actorKind']>
  userId: string
  resourceType: string
  resourceId: string
  /** Days of the person's own clock, `2026-11-22`, both inclusive. */
  from: string
  to: string
}

type AuditQuery = NonNullable<paths['/api/v1/audit-logs/export']['get']['parameters']['query']>

export const everything: AuditFilter = {
  action: '',
  actorKind: '',
  userId: '',
  resourceType: '',
  resourceId: '',
  from: '',
  to: '',
}

/** Midnight at the beginning of the day, or of a later one, where the person is. */
function startOfDay(day: string, daysLater = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const at = new Date(year, month - 1, date + daysLater)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** The server's parameters; what is empty is left out. */
export function queryOf(filter: AuditFilter): AuditQuery {
  const { actorKind, from, to, ...texts } = filter
  const query: AuditQuery = {}
  for (const name of ['action', 'userId', 'resourceType', 'resourceId'] as const) {
    const text = texts[name].trim()
    if (text) query[name] = text
  }
  if (actorKind) query.actorKind = actorKind
  const first = startOfDay(from)
  const end = startOfDay(to, 1)
  if (first) query.from = first
  if (end) query.to = end
  return query
}

export const isFiltered = (filter: AuditFilter) => Object.values(filter).some((value) => value !== '')
