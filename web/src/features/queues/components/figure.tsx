// One figure with what it counts, in the colour of how worrying it is.
import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import styles from '@/features/queues/components/figure.module.css'
import type { Calm } from '@/features/queues/age'

interface FigureProps {
  label: string
  value: ReactNode
  about?: ReactNode
  state?: Calm
}

export function Figure({ label, value, about, state = 'calm' }: FigureProps) {
  return (
    <Paper withBorder p="sm" className={styles[state]} role="group" aria-label={label}>
      <Text size="xs" c="dimmed" fw={600}>
        {label}
      </Text>
      <Text fz={24} fw={650} lh={1.3} className={styles.value}>
        {value}
      </Text>
      {about ? (
        <Text component="div" size="xs" c="dimmed">
          {about}
        </Text>
      ) : null}
    </Paper>
  )
}
