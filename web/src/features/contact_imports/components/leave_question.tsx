// While it is shown: asks before the page is left, as that ends what is on its way.
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { getSession } from '@/lib/session'

export function LeaveQuestion() {
  const { t } = useTranslation('contact_imports')
  const { status, proceed, reset } = useBlocker({
    // Who is logged out has to go.
    shouldBlockFn: ({ current, next }) => getSession() !== null && next.pathname !== current.pathname,
    enableBeforeUnload: true,
    withResolver: true,
  })
  if (status !== 'blocked') return null
  return (
    <ConfirmDialog
      title={t('upload.leaveQuestion')}
      text={t('upload.leaveAbout')}
      act={t('upload.leave')}
      pending={false}
      failure={null}
      onConfirm={proceed}
      onClose={reset}
    />
  )
}
