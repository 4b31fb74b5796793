// Where notices appear: at the foot of the menu, which is where lines begin; on a phone at the top, for
// what one writes in is at the bottom.
import { MantineThemeProvider, Notification, useDirection } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import classes from '@/app/notices.module.css'

export function Notices() {
  const { dir } = useDirection()
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false })
  const foot = dir === 'rtl' ? 'bottom-right' : 'bottom-left'
  const { t } = useTranslation('components')
  const close = t('close')
  const named = useMemo(
    () => ({ components: { Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': close } } }) } }),
    [close],
  )
  return (
    <MantineThemeProvider theme={named}>
      <Notifications position={phone ? 'top-center' : foot} containerWidth={340} className={classes.notices} />
    </MantineThemeProvider>
  )
}
