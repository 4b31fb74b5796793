// A failed act in a corner of the screen, where the page has no better place for it.
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'

import { useFailureText } from '@/lib/use_failure_text'

export function useNotifyFailure(): (failure: unknown) => void {
  const { t } = useTranslation('failures')
  const failureText = useFailureText()
  return (failure) => {
    notifications.show({ color: 'red', title: t('title'), message: failureText(failure), autoClose: 8000 })
  }
}
