// Goal: nobody has to read a code to know what happened. Method: the server's own list, from its sources.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import type { ActionWords } from '@/features/audit_log/action_words'
import { languages } from '@/lib/i18n'

const files = import.meta.glob<ActionWords>('./actions/*.json', { eager: true, import: 'default' })
const header = readFileSync('../src/features/audit/audit_actions.hpp', 'utf8')
const written = [...header.matchAll(/string_view \w+ =\s*"([^"]+)"/g)].map((match) => match[1] ?? '')

test('the server says what it writes', () => {
  expect(written).toContain('user.login')
  expect(written.length).toBeGreaterThan(80)
})

test.each(Object.keys(languages))('every action that the server can write has words: %s', (language) => {
  const words = files[`./actions/${language}.json`] ?? {}
  expect(Object.keys(words).sort()).toEqual([...written].sort())
  expect(Object.values(words).filter((text) => text.trim() === '' || text.includes('.'))).toEqual([])
})
