import type { components } from '@/api/generated/openapi'

export type Named = Pick<components['schemas']['Contact'], 'name' | 'phone'> & {
  identities?: components['schemas']['Identity'][]
}

// They turn the direction of what follows: names of strangers have no use for that but deceit.
const directionControls = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A contact's name, or what else they are known by. */
export const contactLabel = ({ name, phone, identities = [] }: Named): string =>
  name.replace(directionControls, '').trim() ||
  phone ||
  identities.find(({ kind }) => kind === 'username')?.value ||
  identities[0]?.value ||
  '?'
