// What is typed into the form of a replay, as the API wants it.
import { eventIdsMax, type EventReplay } from '@/features/queues/desk'

export interface ReplayForm {
  by: 'period' | 'ids'
  from: string // as <input type="datetime-local"> gives it, in the person's time zone
  to: string
  ids: string
}

export type ReplayFault = 'timesMissing' | 'timesTurned' | 'idsMissing' | 'idsWrong' | 'idsMany'

export const emptyReplay: ReplayForm = { by: 'period', from: '', to: '', ids: '' }

/** The request, or what is wrong with what was typed. */
export function readReplay({ by, from, to, ids }: ReplayForm): { request: EventReplay } | { fault: ReplayFault } {
  if (by === 'period') {
    const [begin, end] = [new Date(from), new Date(to)]
    if (Number.isNaN(begin.getTime()) || Number.isNaN(end.getTime())) return { fault: 'timesMissing' }
    if (begin >= end) return { fault: 'timesTurned' }
    return { request: { from: begin.toISOString(), to: end.toISOString() } }
  }
  const named = [...new Set(ids.split(/[\s,;]+/).filter(Boolean))]
  if (named.length === 0) return { fault: 'idsMissing' }
  if (named.some((id) => !/^\d{1,19}$/.test(id))) return { fault: 'idsWrong' }
  if (named.length > eventIdsMax) return { fault: 'idsMany' }
  return { request: { ids: named } }
}
