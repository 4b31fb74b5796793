// Strings for what is drawn by the hundred, such as the rows of a list. useTranslation() subscribes each
// component that calls it, and a list that scrolls then spends more on that than on its rows.
import i18next, { type FlatNamespace, type TFunction } from 'i18next'
import { createContext, use, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

const Language = createContext<string | null>(null)

/** Around the whole console: one subscription for all that call useWords(). */
export function WordsProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation()
  return <Language value={i18n.language}>{children}</Language>
}

const made = new Map<string, unknown>()

function fixed<Slice extends FlatNamespace>(language: string, slice: Slice): TFunction<Slice> {
  const key = `${language} ${slice}`
  const known = made.get(key) as TFunction<Slice> | undefined
  if (known) return known
  const fresh = i18next.getFixedT(language, slice) as TFunction<Slice>
  made.set(key, fresh)
  return fresh
}

/** As useTranslation(). Without the provider the language is that of the first drawing. */
export function useWords<Slice extends FlatNamespace>(slice: Slice): { t: TFunction<Slice>; language: string } {
  const language = use(Language) ?? i18next.language
  return { t: fixed(language, slice), language }
}
