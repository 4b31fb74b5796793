import type { components } from '@/api/generated/openapi'

export type Named = Pick<components['schemas']['Contact'], 'name' | 'phone'> & {
  identities?: components['schemas']['Identity'][]
}

// They turn the direction of what follows: names of strangers have no use for that but deceit.
const directionControls = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Letters, signs or pictures, but for those that are drawn as nothing: what can be seen and pressed. */
const visible = /(?![\u115f\u1160\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u

function shownName(name: string): string {
  const shown = name.replace(directionControls, '').trim()
  return visible.test(shown) ? shown : ''
}

/** A contact's name, or what else they are known by. */
export const contactLabel = ({ name, phone, identities = [] }: Named): string =>
  shownName(name) ||
  phone ||
  identities.find(({ kind }) => kind === 'username')?.value ||
  identities[0]?.value ||
  '?'
