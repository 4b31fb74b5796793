// Which columns the table of contacts shows, kept in this browser. The name is always there.
import { useLocalStorage } from '@mantine/hooks'

import type { Contact } from '@/features/contacts/api/contacts'

export const fixedColumns = ['phone', 'tags', 'optOut', 'createdAt'] as const
type FixedColumn = (typeof fixedColumns)[number]
/** A detail of contacts, such as `attribute.city`. */
export type Column = FixedColumn | `attribute.${string}`

const prefix = 'attribute.'
const attributesOffered = 30

export const isFixed = (column: Column): column is FixedColumn => !column.startsWith(prefix)
export const attributeOf = (column: Column) => column.slice(prefix.length)

/** The columns to choose from: those of every contact, those chosen, and details that were seen. */
export function offeredColumns(contacts: Contact[], chosen: Column[]): Column[] {
  const seen = contacts.flatMap(({ attributes }) => Object.keys(attributes)).map((name): Column => `attribute.${name}`)
  const details = [...new Set([...chosen.filter((column) => !isFixed(column)), ...seen])]
  return [...fixedColumns, ...details.slice(0, attributesOffered).sort((one, other) => one.localeCompare(other))]
}

const isColumns = (value: unknown): value is Column[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && (one.startsWith(prefix) || fixedColumns.includes(one as FixedColumn)))

function read(text: string | undefined): Column[] {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (isColumns(value)) return value
  } catch {
    // never written, or not by us
  }
  return [...fixedColumns]
}

export const useColumns = () =>
  useLocalStorage<Column[]>({ key: 'wapi-contact-columns', defaultValue: [...fixedColumns], deserialize: read, getInitialValueInEffect: false })
