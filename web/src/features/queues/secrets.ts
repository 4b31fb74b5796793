// What must not be on a screen although a payload or an error has it: a second wall behind the
// server, which keeps no secret in jobs.

const secretNames = /token|secret|passw|authorization|credential|api.?key|signature|cookie|private|(^|_)(pin|otp|code|seed)$/i
const secretTexts = [
  /\bEAA[A-Za-z0-9]{16,}/g, // Meta's access tokens
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, // JSON Web Tokens
  /\b(wop|wapi)_[\w-]{16,}/g, // our own
  /\bBearer\s+[\w.~+/=-]{8,}/gi,
  /([#?&](?:access_)?token=)[^\s&"']+/gi,
]
export const mask = '••••••'

export const isSecretName = (name: string) => secretNames.test(name)

/** The text with what looks like a secret in it hidden. */
export const maskText = (text: string): string =>
  secretTexts.reduce(
    (masked, pattern) =>
      masked.replace(pattern, (_whole, kept: unknown) => (typeof kept === 'string' && kept.endsWith('=') ? kept + mask : mask)),
    text,
  )
