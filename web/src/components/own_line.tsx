// One line of somebody's own words: read in their direction, cut at their own end, and standing where the page's
// other lines do. Plain text: what is isolated within (<bdi>) would not tell the direction.
import { Text, type TextProps } from '@mantine/core'

import classes from '@/components/own_line.module.css'

export function OwnLine({ className = '', ...rest }: TextProps & { children: string }) {
  return <Text component="span" truncate dir="auto" className={`${classes.line} ${className}`} {...rest} />
}
