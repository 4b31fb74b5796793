// `/` and the beginning of a shortcut in an answer offer quick replies; the chosen one, filled in for the
// contact, takes its place.
import type { ComboboxStore } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { Selected } from '@/features/inbox/mark_text'
import { replaceIn } from '@/features/inbox/replace_in'
import { closeOption, fetchText, manageOption, quickRepliesQuery, retryOption, type ListState } from '@/features/quick_replies'
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
  /** What was not sent the first time: the list failed, or a quick reply fits. */
  const [held, setHeld] = useState<string | null>(null)
  const letters = shortcutAt(text, cursor)
  const offering = letters !== null && dismissed !== text
  const notifyFailure = useNotifyFailure()
  const { replies, state, refetch } = useReplies(letters ?? '', offering)
  useEffect(() => {
    if (!offering) return combobox.closeDropdown()
    combobox.openDropdown()
    // Enter sends then, unless one goes to an option.
    if (state === 'failed' || state === 'offline') combobox.resetSelectedOption()
    else combobox.selectFirstOption()
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the store is a new object each time
  }, [offering, letters, state, replies.length])

  const dismiss = () => setDismissed(text)
  const fill = (id: string, start: number) =>
    fetchText(id, contactId)
      .then((filled) => {
        const put = replaceIn(selected(), { before: text, start, end: cursor }, filled)
        if (put) write(put.text, put.start, put.end)
      })
      .catch(notifyFailure)
  const choose = (id: string) => {
    const start = cursor - (letters?.length ?? 0) - 1
    setHeld(null)
    if (id === closeOption) return dismiss()
    if (id === retryOption) return void refetch()
    if (id === manageOption) {
      write(text.slice(0, start) + text.slice(cursor), start)
      return manage()
    }
    void fill(id, start)
  }
  /** Whether Enter is the list's: an option is selected, and seen. What fits no quick reply is text. */
  const takesEnter = () => offering && combobox.dropdownOpened && combobox.getSelectedOptionIndex() !== -1
  /**
   * To be asked before the text is sent: whether it is a quick reply's is known when they are here. When one fits, or
   * they failed, it is told first, and sent the second time. `byEnter`: then Enter sends the second time, too.
   */
  const holdsBack = (byEnter: boolean): boolean => {
    const known = state === 'failed' || state === 'loaded'
    if (!offering || (state === 'loaded' && replies.length === 0) || (known && held === text)) {
      setHeld(null)
      setDismissed(null) // it holds for this text, and not for the next one that is the same
      return false
    }
    if (known) setHeld(text)
    if (known && byEnter) combobox.resetSelectedOption()
    combobox.openDropdown() // a click beside it has closed it
    return true
  }
  return { offering, letters: letters ?? '', replies, state, heldBack: held === text, choose, dismiss, takesEnter, holdsBack }
}

function useReplies(letters: string, enabled: boolean) {
  const query = useInfiniteQuery({ ...quickRepliesQuery(letters), enabled, placeholderData: keepPreviousData })
  const { data = [], isPending, isPlaceholderData, isLoadingError, isPaused, refetch } = query
  // Who types fast must not send another text: of the list of before only what fits is offered.
  const replies = isPlaceholderData ? data.filter(({ shortcut }) => shortcut.startsWith(letters.toLowerCase())) : data
  const unknown = replies.length === 0 && (isPending || isPlaceholderData)
  const loading = isPaused ? 'offline' : 'loading'
  const state: ListState = isLoadingError ? 'failed' : unknown ? loading : 'loaded'
  return { replies, state, refetch }
}
