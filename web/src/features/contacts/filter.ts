// Whom the list shows: what was typed, a segment, and conditions. Kept in the page's address, so that
// going back shows the same list and a link can be sent to a colleague.
import type { components, paths } from '@/api/generated/openapi'

export type Conditions = Omit<components['schemas']['ContactFilter'], 'attributes'> & {
  attributes?: Record<string, string>
}
export type ListQuery = NonNullable<paths['/api/v1/contacts']['get']['parameters']['query']>

export interface ContactFilter {
  /** Part of a name, or digits of a phone. */
  q: string
  /** Id of a segment, whose conditions hold as well. */
  segment: string
  conditions: Conditions
}

export const everyone: ContactFilter = { q: '', segment: '', conditions: {} }

export const activities = ['wrote7', 'wrote30', 'wrote90', 'silent30', 'silent90', 'silent365', 'neverWrote'] as const
export type Activity = (typeof activities)[number]

export function activityOf({ wroteWithinDays, silentForDays, neverWrote }: Conditions): Activity | null {
  const name = neverWrote ? 'neverWrote' : wroteWithinDays ? `wrote${wroteWithinDays}` : `silent${silentForDays ?? 0}`
  return activities.find((one) => one === name) ?? null
}

/** The conditions with another answer to when people wrote last. */
export function withActivity(conditions: Conditions, activity: Activity | null): Conditions {
  const days = Number(activity?.replace(/\D+/, '')) || undefined
  return compact({
    ...conditions,
    wroteWithinDays: activity?.startsWith('wrote') ? days : undefined,
    silentForDays: activity?.startsWith('silent') ? days : undefined,
    neverWrote: activity === 'neverWrote' || undefined,
  })
}

/** Without what is empty, which says nothing. */
export const compact = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value))) as Partial<Values>

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === null || value === ''
}

export const hasConditions = ({ conditions }: ContactFilter) => Object.keys(conditions).length > 0
export const isFiltered = (filter: ContactFilter) => filter.q !== '' || filter.segment !== '' || hasConditions(filter)

/** The server's parameters but for the attributes, whose names are the workspace's own. */
export function queryOf({ q, segment, conditions }: ContactFilter): ListQuery {
  const { tags, withoutTags, wroteWithinDays, silentForDays, neverWrote, optedOut } = conditions
  return compact({ q, segment, tag: tags, withoutTag: withoutTags, wroteWithinDays, silentForDays, neverWrote, optedOut })
}

/** A query as text: lists name the parameter again and again; attributes are `attribute.<name>`. */
export function queryText(query: object, attributes: Conditions['attributes'] = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) params.append(name, String(one as string | number | boolean))
    }
  }
  for (const [name, value] of Object.entries(attributes)) params.append(`attribute.${name}`, value)
  return params.toString()
}

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const textsOf = (value: unknown) => (Array.isArray(value) ? value.map(textOf).filter(Boolean) : [])
const objectOf = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)

/** What the page's address says. Anybody can write an address: what does not fit is left out. */
export function filterOfSearch(search: Record<string, unknown>): ContactFilter {
  const given = objectOf(search.filter)
  const attributes = Object.entries(objectOf(given.attributes)).map(([name, value]) => [name, textOf(value)])
  const conditions: Conditions = compact({
    tags: textsOf(given.tags),
    withoutTags: textsOf(given.withoutTags),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    optedOut: typeof given.optedOut === 'boolean' ? given.optedOut : undefined,
  })
  const activity = activityOf({
    wroteWithinDays: numberOf(given.wroteWithinDays),
    silentForDays: numberOf(given.silentForDays),
    neverWrote: given.neverWrote === true,
  })
  return { q: textOf(search.q), segment: textOf(search.segment), conditions: withActivity(conditions, activity) }
}

export const searchOf = ({ q, segment, conditions }: ContactFilter) => compact({ q, segment, filter: conditions })
