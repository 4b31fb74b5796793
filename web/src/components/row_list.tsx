// A plain list of things with a line each: what it is, then what one can do with it.
import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

import styles from '@/components/row_list.module.css'

export function RowList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.list} aria-label={label}>
      {children}
    </ul>
  )
}

interface RowProps {
  lead?: ReactNode
  title: ReactNode
  badges?: ReactNode
  about?: ReactNode
  aside?: ReactNode
}

export function Row({ lead, title, badges, about, aside }: RowProps) {
  return (
    <li className={styles.row}>
      {lead}
      <div className={styles.body}>
        <Group gap={6}>
          <Text component="span" size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Text>
          {badges}
        </Group>
        {about ? (
          <Text component="div" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {about}
          </Text>
        ) : null}
      </div>
      {aside}
    </li>
  )
}
