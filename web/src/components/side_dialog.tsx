// A dialog at the end of the line: a drawer that is there while it is rendered, and returns the focus.
import { Drawer, type DrawerProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useReturnFocus } from '@/components/use_return_focus'

export function SideDialog(props: Omit<DrawerProps, 'opened' | 'position'>) {
  const { t } = useTranslation('components')
  useReturnFocus()
  return (
    <Drawer
      opened
      position="right" // in Arabic the left
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': t('close') }}
      {...props}
    />
  )
}
