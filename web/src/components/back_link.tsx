// From a page of one thing back to the list that it is of.
import { Anchor } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import classes from '@/components/back_link.module.css'

export function BackLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <div>
      <Anchor component={Link} to={to} size="sm" className={classes.back}>
        <IconArrowLeft size={16} className={classes.flip} aria-hidden /> {children}
      </Anchor>
    </div>
  )
}
