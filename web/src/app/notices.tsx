// Where notices appear: at the foot of the menu, which is where lines begin; on a phone at the top, for
// what one writes in is at the bottom.
import { useDirection } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'

import classes from '@/app/notices.module.css'

export function Notices() {
  const { dir } = useDirection()
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false })
  const foot = dir === 'rtl' ? 'bottom-right' : 'bottom-left'
  return <Notifications position={phone ? 'top-center' : foot} containerWidth={340} className={classes.notices} />
}
