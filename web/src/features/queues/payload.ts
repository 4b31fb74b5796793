// A job's payload as a tree to look at: bounded, and without secrets.
import { isSecretName, mask, maskText } from '@/features/queues/secrets'

export type Leaf = { kind: 'leaf'; text: string; type: 'string' | 'number' | 'boolean' | 'null' | 'hidden' | 'more' }
export type Branch = { kind: 'branch'; list: boolean; entries: [name: string, node: Node][]; left: number }
export type Node = Leaf | Branch

export const depthMax = 24
export const entriesMax = 200
export const textMax = 20_000

/** The tree, or the text itself when it is no JSON. */
export function readPayload(payload: string): { tree: Node } | { text: string } {
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value === 'object' && value !== null) return { tree: toNode(value, '', 0) }
  } catch {
    // shown as it is
  }
  return { text: cut(maskText(payload)) }
}

const cut = (text: string) => (text.length > textMax ? `${text.slice(0, textMax)}…` : text)

function toNode(value: unknown, name: string, depth: number): Node {
  if (isSecretName(name) && value !== null) return { kind: 'leaf', type: 'hidden', text: mask }
  if (value === null) return { kind: 'leaf', type: 'null', text: 'null' }
  if (typeof value === 'object') {
    if (depth >= depthMax) return { kind: 'leaf', type: 'more', text: '…' }
    const all: [string, unknown][] = Object.entries(value)
    const shown = all.slice(0, entriesMax)
    return {
      kind: 'branch',
      list: Array.isArray(value),
      entries: shown.map(([key, inner]) => [key, toNode(inner, Array.isArray(value) ? name : key, depth + 1)]),
      left: all.length - shown.length,
    }
  }
  if (typeof value === 'string') return { kind: 'leaf', type: 'string', text: cut(maskText(value)) }
  return { kind: 'leaf', type: typeof value === 'number' ? 'number' : 'boolean', text: String(value) }
}
