// What a request that failed threw. The code is the server's; texts.ts says it in the person's language.
import type { ErrorCode } from '@/api/generated/errors'

/** Of requests that got no answer, beside the server's own codes. */
export type FailureCode = ErrorCode | 'offline'

export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly code: FailureCode,
    message: string,
    readonly status: number,
    readonly field?: string,
    readonly requestId?: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message)
  }

  /** What was asked for is not there, or not to be seen any more. A workspace that is suspended still is. */
  get gone(): boolean {
    return this.code === 'forbidden' || this.status === 404
  }

  /** Whether the same request may succeed in a moment. */
  get transient(): boolean {
    return this.code === 'offline' || this.status === 429 || this.status >= 500
  }
}
