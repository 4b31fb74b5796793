// Languages of the console. All strings of a language are one chunk, loaded before the first page.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

export const languages = {
  en: 'English',
  es: 'Español',
  pt: 'Português',
  hi: 'हिन्दी',
  ar: 'العربية',
} as const
export type Language = keyof typeof languages

const loaders: Record<Language, () => Promise<{ default: StringFiles }>> = {
  en: () => import('@/lib/strings/en'),
  es: () => import('@/lib/strings/es'),
  pt: () => import('@/lib/strings/pt'),
  hi: () => import('@/lib/strings/hi'),
  ar: () => import('@/lib/strings/ar'),
}
/** Path of a slice's file to its strings, as import.meta.glob gives it. */
export type StringFiles = Record<string, Record<string, unknown>>

const storageKey = 'wapi-language'

export const isLanguage = (text: string): text is Language => text in languages
export const directionOf = (language: string) => (language === 'ar' ? 'rtl' : 'ltr')

/** `…/features/accounts/strings/en.json` is the namespace `accounts`. */
export function namespaceOf(path: string): string {
  return path.split('/').at(-3) ?? ''
}

function preferredLanguage(): Language {
  const stored = readStored()
  const wanted = [stored, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase() ?? '')
  return wanted.find(isLanguage) ?? 'en'
}

function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'app')) return
  const { default: files } = await loaders[language]()
  for (const [path, strings] of Object.entries(files)) {
    i18next.addResourceBundle(language, namespaceOf(path), strings)
  }
}

export async function startI18n(language: Language = preferredLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'app',
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
    showSupportNotice: false,
  })
  await changeLanguage(language)
}

export async function changeLanguage(language: Language): Promise<void> {
  await load(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    // a browser that stores nothing asks again next time
  }
}
