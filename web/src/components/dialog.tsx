// A dialog that is there while it is rendered. When it goes, the focus returns to what opened it; to
// the menu's button when that was an entry of a menu, which is gone by then.
import { Modal, type ModalProps } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

type DialogProps = Omit<ModalProps, 'opened'>

function openerOfNow(): HTMLElement | null {
  const active = document.activeElement
  const button = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
  return button ? document.getElementById(button) : active instanceof HTMLElement ? active : null
}

export function Dialog(props: DialogProps) {
  const { t } = useTranslation('components')
  const [opener] = useState(openerOfNow) // before the menu that was used is gone
  useEffect(
    () => () => {
      if (opener?.isConnected) opener.focus()
    },
    [opener],
  )
  return <Modal opened transitionProps={{ duration: 120 }} closeButtonProps={{ 'aria-label': t('close') }} {...props} />
}
