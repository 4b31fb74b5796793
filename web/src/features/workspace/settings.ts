// What the console knows of a workspace's settings, read from JSON that may hold anything.
//
// The server merges what is sent into what is stored (RFC 7396): other settings stay as they are.
export const wordLists = ['stopAdded', 'stopRemoved', 'startAdded', 'startRemoved'] as const
export type WordList = (typeof wordLists)[number]
export type OptOutWords = Record<WordList, string[]>

/** What somebody did to one list. */
interface WordChange {
  added: string[]
  removed: string[]
}
export type WordChanges = Partial<Record<WordList, WordChange>>

export const retentionDays = { min: 90, max: 3650, standard: 90 }

const wordBytesMax = 100

interface Settings {
  showUnassigned: boolean
  optOut: OptOutWords
  retentionDays: number
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const within = (value: unknown, name: string) => (isObject(value) ? value[name] : undefined)
const wordsOf = (value: unknown) =>
  Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : []

export function readSettings(stored: unknown): Settings {
  const optOut = within(stored, 'optOut')
  const days = within(within(stored, 'audit'), 'retentionDays')
  return {
    showUnassigned: within(within(stored, 'inbox'), 'showUnassigned') === true,
    optOut: {
      stopAdded: wordsOf(within(optOut, 'stopAdded')),
      stopRemoved: wordsOf(within(optOut, 'stopRemoved')),
      startAdded: wordsOf(within(optOut, 'startAdded')),
      startRemoved: wordsOf(within(optOut, 'startRemoved')),
    },
    retentionDays: typeof days === 'number' ? days : retentionDays.standard,
  }
}

export const isTooLong = (word: string) => new TextEncoder().encode(word).length > wordBytesMax

export const changeBetween = (before: string[], after: string[]): WordChange => ({
  added: after.filter((word) => !before.includes(word)),
  removed: before.filter((word) => !after.includes(word)),
})

/** The lists that the changes make others, laid onto words that colleagues may have changed since. */
export function changedLists(words: OptOutWords, changes: WordChanges): Partial<OptOutWords> {
  const lists: Partial<OptOutWords> = {}
  for (const list of wordLists) {
    const now = words[list]
    const left = now.filter((word) => !changes[list]?.removed.includes(word))
    const added = changes[list]?.added.filter((word) => !now.includes(word)) ?? []
    if (left.length < now.length || added.length > 0) lists[list] = [...left, ...added]
  }
  return lists
}
