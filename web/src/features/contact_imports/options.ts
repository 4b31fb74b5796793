// What an import does beside its columns, as the form holds it.
import type { ImportStart } from '@/features/contact_imports/api/imports'

export interface Options {
  existing: NonNullable<ImportStart['existing']>
  tags: string[]
  /** ISO 3166; empty: only numbers with their country's code are read. */
  country: string
}

export const noOptions: Options = { existing: 'update', tags: [], country: '' }

export const startOf = ({ existing, tags, country }: Options) => ({ existing, tags, ...(country && { country }) })
