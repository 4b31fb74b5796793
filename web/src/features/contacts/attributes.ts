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
