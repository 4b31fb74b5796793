// Attributes of a contact as lines of a form, and back.
export interface AttributeRow {
  name: string
  text: string
  /** What it was before; kept when the text was not touched, so that a number stays a number. */
  was?: unknown
}

export const showValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

export const toRows = (attributes: Record<string, unknown>): AttributeRow[] =>
  Object.entries(attributes).map(([name, was]) => ({ name, text: showValue(was), was }))

export function fromRows(rows: AttributeRow[]): Record<string, unknown> {
  const named = rows.filter(({ name }) => name.trim() !== '')
  return Object.fromEntries(
    named.map(({ name, text, was }) => [name.trim(), was !== undefined && showValue(was) === text ? was : text]),
  )
}

/** The newest attributes with what was done to rows that were made of earlier ones. */
export function withChanges(newest: Record<string, unknown>, before: Record<string, unknown>, rows: AttributeRow[]): Record<string, unknown> {
  const after = fromRows(rows)
  const kept = Object.entries(newest).filter(([name]) => Object.hasOwn(after, name) || !Object.hasOwn(before, name))
  const changed = Object.entries(after).filter(([name, value]) => !Object.hasOwn(before, name) || before[name] !== value)
  return Object.fromEntries([...kept, ...changed])
}
