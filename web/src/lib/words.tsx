// Strings for what is drawn by the hundred, such as the rows of a list. useTranslation() subscribes each
// component that calls it, and a list that scrolls then spends more on that than on its rows.
import i18next, { type FlatNamespace, type ParseKeys } from 'i18next'
import { createContext, use, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

const Language = createContext<string | null>(null)

/** Around the whole console: one subscription for all that call useWords(). */
export function WordsProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation()
  return <Language value={i18n.language}>{children}</Language>
}

type Variables = Record<string, string | number>
type Translate<Key = string> = (key: Key, variables?: Variables) => string
const wordsKept = 1_000

/** The same words are asked for a thousand times a second while a list scrolls, and i18next makes them anew each time. */
export function remembering(translate: Translate): Translate {
  const kept = new Map<string, string>()
  return (key, variables) => {
    const asked = variables === undefined ? key : `${key} ${JSON.stringify(variables)}`
    const known = kept.get(asked)
    if (known !== undefined) return known
    const fresh = translate(key, variables)
    if (kept.size >= wordsKept) kept.clear()
    kept.set(asked, fresh)
    return fresh
  }
}

type Words<Slice extends FlatNamespace> = Translate<ParseKeys<Slice>>
const made = new Map<string, Map<string, Translate>>()

function fixed<Slice extends FlatNamespace>(language: string, slice: Slice): Words<Slice> {
  const ofLanguage = made.get(language) ?? new Map<string, Translate>()
  made.set(language, ofLanguage)
  const words = ofLanguage.get(slice) ?? remembering(i18next.getFixedT(language, slice) as unknown as Translate)
  ofLanguage.set(slice, words)
  return words
}

/**
 * As useTranslation(), for words with strings and numbers in them. Without the provider the language is that of the first
 * drawing.
 */
export function useWords<Slice extends FlatNamespace>(slice: Slice): { t: Words<Slice>; language: string } {
  const language = use(Language) ?? i18next.language
  return { t: fixed(language, slice), language }
}
