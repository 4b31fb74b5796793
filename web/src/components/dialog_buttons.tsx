// The end of a dialog: why it was refused, and the two buttons. It stays in sight while a long dialog
// scrolls. Without `onAct` the first button sends the form around it.
import { Button, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import styles from '@/components/dialog_buttons.module.css'
import { FailureAlert } from '@/components/failure_alert'

interface DialogButtonsProps {
  act: string
  pending: boolean
  failure: unknown
  onClose: () => void
  onAct?: () => void
  danger?: boolean
  /** Shown above the buttons, such as what is missing. */
  children?: ReactNode
}

export function DialogButtons({ act, pending, failure, onClose, onAct, danger = false, children }: DialogButtonsProps) {
  const { t } = useTranslation('components')
  return (
    <Stack gap="sm" className={styles.end}>
      {children}
      <FailureAlert failure={failure} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button
          type={onAct ? 'button' : 'submit'}
          loading={pending}
          {...(onAct ? { onClick: onAct } : {})}
          {...(danger ? { color: 'red.9', 'data-autofocus': true } : {})}
        >
          {act}
        </Button>
      </Group>
    </Stack>
  )
}
