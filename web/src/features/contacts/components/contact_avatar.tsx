// The letters of a contact's name in a circle. Plain elements: a list that scrolls makes many of them.
import { IconUser } from '@tabler/icons-react'
import type { CSSProperties } from 'react'

import classes from '@/features/contacts/components/contact_avatar.module.css'
import { contactLabel, type Named } from '@/features/contacts/contact_label'
import { initialsOf } from '@/features/contacts/initials'

const colours = ['blue', 'cyan', 'grape', 'green', 'indigo', 'lime', 'orange', 'pink', 'red', 'teal', 'violet'] as const

/** The same name has the same colour everywhere. */
function colourOf(label: string): string {
  let sum = 0
  for (const sign of label) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003
  return label === '' ? 'gray' : (colours[sum % colours.length] ?? 'gray')
}

export function ContactAvatar({ contact, size }: { contact: Named | undefined; size: number }) {
  const label = contact ? contactLabel(contact) : ''
  const look = { '--colour': `var(--mantine-color-${colourOf(label)}-6)`, '--size': `${size}px` }
  return (
    <span className={classes.avatar} style={look as CSSProperties} aria-hidden>
      {initialsOf(label) || <IconUser size={size / 2} stroke={1.6} />}
    </span>
  )
}
