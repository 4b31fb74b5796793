// Every key of the console. The help sheet is made from this table, the handlers are looked up in it.
import { isComposing } from '@/lib/is_composing'

export const shortcutGroups = ['everywhere', 'list', 'conversation'] as const
export type ShortcutGroup = (typeof shortcutGroups)[number]

interface Shortcut {
  group: ShortcutGroup
  /** Each way to ask for it; of several keys in a row, with a space between. `Mod` is Ctrl, or Cmd on a Mac. */
  keys: readonly string[]
  /** Also while somebody types. */
  whileTyping?: true
  /** Again and again while the key is held. */
  whileHeld?: true
}

export const shortcuts = {
  palette: { group: 'everywhere', keys: ['Mod+k'], whileTyping: true },
  help: { group: 'everywhere', keys: ['?'] },
  goInbox: { group: 'everywhere', keys: ['g i'] },
  goContacts: { group: 'everywhere', keys: ['g c'] },
  next: { group: 'list', keys: ['j', 'ArrowDown'], whileHeld: true },
  previous: { group: 'list', keys: ['k', 'ArrowUp'], whileHeld: true },
  open: { group: 'list', keys: ['Enter'] },
  search: { group: 'list', keys: ['/'] },
  reply: { group: 'conversation', keys: ['r'] },
  note: { group: 'conversation', keys: ['n'] },
  assign: { group: 'conversation', keys: ['a'] },
  assignMe: { group: 'conversation', keys: ['m'] },
  snooze: { group: 'conversation', keys: ['h'] },
  resolve: { group: 'conversation', keys: ['e'] },
  undo: { group: 'conversation', keys: ['z'] },
  details: { group: 'conversation', keys: ['i'] },
  leave: { group: 'conversation', keys: ['Escape'] },
} as const satisfies Record<string, Shortcut>
export type ShortcutId = keyof typeof shortcuts

/** The first way to ask for it, as a button's hint says it. */
export const keyOf = (id: ShortcutId): string => shortcuts[id].keys[0].toUpperCase()

export const shortcutIds = Object.keys(shortcuts) as ShortcutId[]

const sequenceMs = 1_000
let before = { key: '', at: 0 }

/** The shortcut that an event asks for; remembers the key before, for those of two keys. */
export function shortcutOf(event: KeyboardEvent): ShortcutId | null {
  const pressed = nameOf(event)
  if (pressed === null) return null
  const sequence = event.timeStamp - before.at < sequenceMs ? `${before.key} ${pressed}` : pressed
  before = { key: pressed, at: event.timeStamp }
  const find = (keys: string) => shortcutIds.find((id) => (shortcuts[id].keys as readonly string[]).includes(keys))
  const found = find(sequence) ?? (sequence === pressed || !isBegun(sequence) ? find(pressed) : undefined)
  if (!found) return null
  const typing = isTyping(event.target) && !('whileTyping' in shortcuts[found])
  const scrolling = pressed.startsWith('Arrow') && hasOwnArrows(event.target)
  return typing || scrolling || isCovered() ? null : found
}

const isBegun = (sequence: string) =>
  shortcutIds.some((id) => shortcuts[id].keys.some((keys) => keys.startsWith(`${sequence.split(' ')[0] ?? ''} `)))

function nameOf(event: KeyboardEvent): string | null {
  const { key: written, code, shiftKey, ctrlKey, metaKey, altKey } = event
  if (isComposing(event) || altKey || written === undefined) return null
  const key = latinOf(written, code, shiftKey)
  if (ctrlKey || metaKey) return `Mod+${key.toLowerCase()}`
  return key.length === 1 ? key.toLowerCase() : key
}

/** Letters of another script, or marks of one; a key may give several at once. */
const foreign = /^(?:(?!\p{Script=Latin})[\p{L}\p{M}])+$/u

/** On a keyboard of another script, what stands at the key's place on a Latin one. */
function latinOf(key: string, code: string, shifted: boolean): string {
  if (key === '؟') return '?'
  if (!foreign.test(key)) return key
  if (code === 'Slash') return shifted ? '?' : '/'
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null
}

/** A thread scrolls by the arrows when it has the focus. */
const hasOwnArrows = (target: EventTarget | null) => target instanceof Element && target.closest('[data-own-arrows]') !== null

/** An open dialog or menu has the keyboard to itself. */
const isCovered = () => document.querySelector('[role="dialog"], [role="menu"]') !== null
