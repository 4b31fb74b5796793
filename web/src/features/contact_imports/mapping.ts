// What each column of a file becomes: the server's words for it, a form's, and what a row would make.
import type { ImportStart } from '@/features/contact_imports/api/imports'

export const kinds = ['none', 'phone', 'name', 'tags', 'attribute'] as const
export type Kind = (typeof kinds)[number]

/** `detail`: the name of the detail that a column becomes. */
export interface Target {
  kind: Kind
  detail: string
}

const prefix = 'attributes.'
export const detailLengthMax = 64

export function targetOf(wire: string | null, header: string): Target {
  if (wire === null) return { kind: 'none', detail: header }
  if (wire.startsWith(prefix)) return { kind: 'attribute', detail: wire.slice(prefix.length) }
  return { kind: kinds.find((kind) => kind === wire) ?? 'none', detail: header }
}

export function wireOf({ kind, detail }: Target): ImportStart['mapping'][number] {
  if (kind === 'none') return null
  return kind === 'attribute' ? `${prefix}${detail.trim()}` : kind
}

export type Flaw = 'noPhone' | 'noDetailName' | 'sameDetail'

/** What keeps the import from being started; null: nothing. */
export function flawOf(targets: Target[]): Flaw | null {
  if (!targets.some(({ kind }) => kind === 'phone')) return 'noPhone'
  const details = targets.filter(({ kind }) => kind === 'attribute').map(({ detail }) => detail.trim())
  if (details.includes('')) return 'noDetailName'
  return new Set(details).size < details.length ? 'sameDetail' : null
}

export interface Preview {
  phone: string
  name: string
  tags: string[]
  attributes: [name: string, value: string][]
}

/** What a row would become, as far as it can be told here: the server reads the phone. */
export function previewOf(cells: string[], targets: Target[], tags: string[]): Preview {
  const filled = targets.map((target, at) => ({ ...target, cell: cells[at]?.trim() ?? '' })).filter(({ cell }) => cell !== '')
  const of = (kind: Kind) => filled.filter((one) => one.kind === kind)
  const own = of('tags').flatMap(({ cell }) => cell.split(/[,;|]/).map((tag) => tag.trim()))
  return {
    phone: of('phone')[0]?.cell ?? '',
    name: of('name')
      .map(({ cell }) => cell)
      .join(' '),
    tags: [...new Set([...own, ...tags])].filter(Boolean),
    attributes: of('attribute').map(({ detail, cell }) => [detail, cell]),
  }
}
