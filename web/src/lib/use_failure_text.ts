// An error in the person's language: by its code where we have words for it, else the server's own.
import { useTranslation } from 'react-i18next'

import { ApiError } from '@/lib/api_error'

export function useFailureText(): (failure: unknown) => string {
  const { t, i18n } = useTranslation('failures')
  return (failure) => {
    if (!(failure instanceof ApiError)) return t('unknown')
    const code: string = failure.code
    if (i18n.exists(code, { ns: 'failures' })) return t(code as 'unknown')
    return failure.message || t('unknown')
  }
}
