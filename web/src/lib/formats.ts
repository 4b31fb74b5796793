// Intl's formats take long to make and no time to use, so each is made once. In a list of thousands of
// rows that scrolls this is what one sees.
const made = new Map<string, unknown>()

function once<Format>(kind: string, language: string, options: object, make: () => Format): Format {
  const key = `${kind} ${language} ${JSON.stringify(options)}`
  const known = made.get(key) as Format | undefined
  if (known) return known
  const fresh = make()
  made.set(key, fresh)
  return fresh
}

export const dateFormat = (language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  once('date', language, options, () => new Intl.DateTimeFormat(language, options))

export const relativeFormat = (language: string, options: Intl.RelativeTimeFormatOptions): Intl.RelativeTimeFormat =>
  once('relative', language, options, () => new Intl.RelativeTimeFormat(language, options))

/** "A, B and C". */
export const listFormat = (language: string): Intl.ListFormat => once('list', language, {}, () => new Intl.ListFormat(language))

export const numberFormat = (language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat =>
  once('number', language, options, () => new Intl.NumberFormat(language, options))
