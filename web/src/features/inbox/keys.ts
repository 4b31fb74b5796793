// Idempotency-Keys: a message or note that may have reached the server is asked for again under the same key.
import { ApiError } from '@/lib/api_error'

/** The server knows a key for 24 hours; then asking again may make a second one. */
export const keyKnownMs = 23 * 3_600_000

// crypto.randomUUID is there on secure pages only.
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Whether the server has surely done nothing: it refused the request itself. */
export const surelyFailed = (failure: unknown): boolean =>
  failure instanceof ApiError && failure.status >= 400 && failure.status < 500 && failure.status !== 408
