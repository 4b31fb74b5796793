// `/` and the beginning of a shortcut in an answer offer quick replies; the chosen one, filled in for the
// contact, takes its place.
import type { ComboboxStore } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { Selected } from '@/features/inbox/mark_text'
import { replaceIn } from '@/features/inbox/replace_in'
import { fetchText, manageOption, quickRepliesQuery } from '@/features/quick_replies'
import { useNotifyFailure } from '@/lib/use_notify_failure'

interface Field {
  text: string
  cursor: number
  contactId: string
  combobox: ComboboxStore
  /** As it stands now. */
  selected: () => Selected
  write: (text: string, start: number, end?: number) => void
  manage: () => void
}

/** What follows the `/` before the cursor, or null when none is being written. */
export function shortcutAt(text: string, cursor: number): string | null {
  return /(?:^|\s)\/([\p{L}\p{M}\p{N}_-]{0,32})$/u.exec(text.slice(0, cursor))?.[1] ?? null
}

export function useQuickReply({ text, cursor, contactId, combobox, selected, write, manage }: Field) {
  const [dismissed, setDismissed] = useState<string | null>(null)
  const written = shortcutAt(text, cursor)
  const offering = written !== null && dismissed !== text
  const notifyFailure = useNotifyFailure()
  const { data = [], isPending, isPlaceholderData } = useInfiniteQuery({ ...quickRepliesQuery(written ?? ''), enabled: offering, placeholderData: (old) => old })
  // Who types fast must not send another text: of the list of before only what fits is offered.
  const replies = isPlaceholderData ? data.filter(({ shortcut }) => shortcut.startsWith((written ?? '').toLowerCase())) : data
  const pending = offering && replies.length === 0 && (isPending || isPlaceholderData)
  useEffect(() => {
    if (!offering) return combobox.closeDropdown()
    combobox.openDropdown()
    combobox.selectFirstOption()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is a new object each time
  }, [offering, written, pending, replies.length])

  const choose = (id: string) => {
    const start = cursor - (written?.length ?? 0) - 1
    if (id === manageOption) {
      write(text.slice(0, start) + text.slice(cursor), start)
      return manage()
    }
    fetchText(id, contactId)
      .then((filled) => {
        const put = replaceIn(selected(), { before: text, start, end: cursor }, filled)
        if (put) write(put.text, put.start, put.end)
      })
      .catch(notifyFailure)
  }
  return { offering, letters: written ?? '', replies, pending, choose, dismiss: () => setDismissed(text) }
}
