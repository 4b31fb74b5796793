// Every language has every text of the English one, with the same places to fill in.
import { describe, expect, test } from 'vitest'

const files = import.meta.glob<Record<string, unknown>>('/src/**/strings/*.json', { eager: true, import: 'default' })
const languages = ['es', 'pt', 'hi', 'ar']
const pluralEnding = /_(zero|one|two|few|many|other)$/

function flatten(strings: Record<string, unknown>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(strings)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') flat.set(path, value)
    else for (const [inner, text] of flatten(value as Record<string, unknown>, path)) flat.set(inner, text)
  }
  return flat
}

const stems = (flat: Map<string, string>) => new Set([...flat.keys()].map((key) => key.replace(pluralEnding, '')))
const places = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort()

/** The endings that a language counts with. */
const pluralsOf = (language: string) => new Intl.PluralRules(language).resolvedOptions().pluralCategories

const english = Object.keys(files).filter((path) => path.endsWith('/en.json'))

test('there are strings', () => {
  expect(english.length).toBeGreaterThan(3)
})

describe.each(english)('%s', (path) => {
  const flat = flatten(files[path] ?? {})
  test.each(languages)('%s', (language) => {
    const translated = files[path.replace('/en.json', `/${language}.json`)]
    expect(translated, 'the file').toBeDefined()
    const other = flatten(translated ?? {})
    expect([...stems(other)].sort()).toEqual([...stems(flat)].sort())
    for (const [key, text] of other) {
      expect(text.trim(), key).not.toBe('')
      const source = flat.get(key) ?? flat.get(key.replace(pluralEnding, '_other'))
      const wanted = places(source ?? '')
      const found = places(text)
      // "one" and "two" may be words
      if (pluralEnding.test(key)) expect(wanted, key).toEqual(expect.arrayContaining(found))
      else expect(found, key).toEqual(wanted)
    }
    for (const stem of stems(flat)) {
      if (!flat.has(`${stem}_other`)) continue
      for (const plural of pluralsOf(language)) expect([...other.keys()]).toContain(`${stem}_${plural}`)
    }
  })
})
