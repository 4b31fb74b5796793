import { expect, test } from 'vitest'

import { contactLabel } from '@/features/contacts/contact_label'
import { initialsOf } from '@/features/contacts/initials'

test('a name without what turns its direction', () => {
  expect(contactLabel({ name: '\u202egpj.exe\u202c evil', phone: null })).toBe('gpj.exe evil')
})

test('without a name the number, the username, the id', () => {
  const username = { kind: 'username', value: 'rosa' } as const
  const bsuid = { kind: 'bsuid', value: 'US.1' } as const
  expect(contactLabel({ name: ' ', phone: '+43660', identities: [username] })).toBe('+43660')
  expect(contactLabel({ name: '', phone: null, identities: [bsuid, username] })).toBe('rosa')
  expect(contactLabel({ name: '\u202e', phone: null, identities: [bsuid] })).toBe('US.1')
  expect(contactLabel({ name: '', phone: null })).toBe('?')
})

test.each(['\u200b\u2060\u00ad', '\u3164', '\u2800 \u2800', '\ufe0f\u0301'])('a name of nothing that can be seen', (name) => {
  expect(contactLabel({ name, phone: '+43660' })).toBe('+43660')
})

test.each([
  ['Rosa Martínez', 'RM'],
  ['ann', 'A'],
  ['😀🎉 Emoji Queen', 'EQ'],
  ['أحمد الخالد', 'أ'],
  ['प्रिया शर्मा', 'प'],
  ['+43 660 12', ''],
  ['😀', ''],
  ['𝒜da', '𝒜'],
])('initials of %s', (name, wanted) => {
  expect(initialsOf(name)).toBe(wanted)
})
