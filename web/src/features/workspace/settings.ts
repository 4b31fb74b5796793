// What the console knows of a workspace's settings, read from JSON that may hold anything.
//
// The server merges what is sent into what is stored (RFC 7396): other settings stay as they are.
export const wordLists = ['stopAdded', 'stopRemoved', 'startAdded', 'startRemoved'] as const
export type WordList = (typeof wordLists)[number]
export type OptOutWords = Record<WordList, string[]>

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
