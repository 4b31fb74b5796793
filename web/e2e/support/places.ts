// Every page of the console as an address that can be opened. Made from the router's own tables, so
// that a new page is walked and pictured without a word here; one whose address needs something new
// fails until it is told below what to put there.
import type { Permission } from '@/api/generated/permissions'
import { operatorPages } from '@/app/operator_pages'
import { guestPages, pages } from '@/app/pages'

const sampleNames = ['contactId', 'conversationId', 'importId', 'workspaceId'] as const
type SampleName = (typeof sampleNames)[number]
export type Samples = Partial<Record<SampleName, string>>
const isSample = (name: string): name is SampleName => (sampleNames as readonly string[]).includes(name)

export interface Place {
  /** For titles and file names. */
  name: string
  address: string
  permission: Permission | undefined
  who: 'member' | 'operator' | 'guest'
}

/** Without a sample, the pages of one thing are left out. */
export function placesFor(samples: Samples): Place[] {
  const of = (who: Place['who'], path: string, permission?: Permission): Place[] => {
    const address = fill(path, samples)
    return address === null ? [] : [{ name: nameOf(path), address: `/app${address}`, permission, who }]
  }
  return [
    ...pages.flatMap(({ path, opened, permission }) => [
      ...of('member', path, permission),
      ...(opened ? of('member', `${path}/$${opened}`, permission) : []),
    ]),
    ...operatorPages.flatMap(({ path, opened }) => [
      ...of('operator', path),
      ...(opened ? of('operator', `${path}/$${opened}`) : []),
    ]),
    ...guestPages.flatMap(({ path }) => of('guest', path)),
  ]
}

function nameOf(path: string): string {
  return path.slice(1).replaceAll('$', '').replaceAll('/', '-')
}

function fill(path: string, samples: Samples): string | null {
  const parts = path.split('/').map((part) => {
    if (!part.startsWith('$')) return part
    const name = part.slice(1)
    if (!isSample(name)) throw new Error(`No sample for ${part} of ${path}: give one in support/places.ts`)
    return samples[name] ?? null
  })
  return parts.includes(null) ? null : parts.join('/')
}

/** The same without a running server: what the tests are made of. */
export const allPlaces = placesFor({
  contactId: 'contactId',
  conversationId: 'conversationId',
  importId: 'importId',
  workspaceId: 'workspaceId',
})
