// A dialog that is there while it is rendered. When it goes, the focus returns to what opened it.
import { Modal, type ModalProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useReturnFocus } from '@/components/use_return_focus'

type DialogProps = Omit<ModalProps, 'opened'>

export function Dialog(props: DialogProps) {
  const { t } = useTranslation('components')
  useReturnFocus()
  return <Modal opened transitionProps={{ duration: 120 }} closeButtonProps={{ 'aria-label': t('close') }} {...props} />
}
