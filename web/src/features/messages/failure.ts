// Why a message did not arrive, in plain words, and whether sending it again can help.
import type { Message } from '@/features/messages/api/messages'
import { useWords } from '@/lib/words'

/** Meta's codes we have words for; of the others the server's own are shown. */
const explainedCodes = [
  130429, 130472, 131026, 131031, 131042, 131045, 131047, 131048, 131049, 131050, 131051, 131053, 131056,
] as const
/** The person cannot be reached, or does not want to be: the same again ends the same. */
const finalCodes = new Set([130472, 131026, 131047, 131049, 131050, 131051])

const isExplained = (code: number): code is (typeof explainedCodes)[number] =>
  (explainedCodes as readonly number[]).includes(code)

export function useFailureReason(): (message: Message) => string {
  const { t } = useWords('messages')
  return ({ status, error }) => {
    if (status === 'cancelled' && error?.message === 'opted_out') return t('reasons.optedOut')
    if (error?.code !== undefined && isExplained(error.code)) return t(`reasons.${error.code}`)
    return error?.message ?? t('reasons.unknown')
  }
}

/** Only a text that surely did not go out: what a template was filled with is not known here. */
export const canSendAgain = ({ direction, type, status, error }: Message): boolean =>
  direction === 'outbound' && type === 'text' && status === 'failed' && !finalCodes.has(error?.code ?? 0)
