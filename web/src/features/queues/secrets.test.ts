import { describe, expect, test } from 'vitest'

import { isSecretName, mask, maskText } from '@/features/queues/secrets'

test.each(['accessToken', 'access_token', 'app_secret', 'password', 'Authorization', 'X-Hub-Signature', 'apiKey', 'pin', 'seed'])(
  '%s names a secret',
  (name) => expect(isSecretName(name)).toBe(true),
)

test.each(['eventId', 'ordinal', 'pinned', 'encoding', 'status', 'phone_number_id'])('%s does not', (name) =>
  expect(isSecretName(name)).toBe(false),
)

describe('in a text', () => {
  test.each([
    ['Graph: EAAGm0PX4ZCpsBAKZCqwerty1234 is no good', `Graph: ${mask} is no good`],
    ['https://x.example/app/reset-password#token=abcDEF123', `https://x.example/app/reset-password#token=${mask}`],
    ['Authorization: Bearer abcdefgh12345', `Authorization: ${mask}`],
    ['wop_0123456789abcdefXYZ', mask],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', mask],
    ['messages[0].id is missing', 'messages[0].id is missing'],
  ])('%s', (text, shown) => expect(maskText(text)).toBe(shown))
})
