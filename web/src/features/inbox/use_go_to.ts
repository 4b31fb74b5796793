// Brings a message that a search has led to onto the screen, loading what lies between.
import { notifications } from '@mantine/notifications'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { Entry } from '@/features/inbox/thread_entries'

/** A thread is loaded this far back for it: some 6,000 messages. */
const pagesMax = 30

interface Way {
  hasOlder: boolean
  loading: boolean
  /** Older ones could not be loaded; one may ask for them again. */
  failed: boolean
  loadOlder: () => unknown
  goTo: (index: number) => void
}

export function useGoTo(sought: string | undefined, entries: Entry[], way: Way): void {
  const { t } = useTranslation('inbox')
  const latest = useRef(way)
  latest.current = way
  const state = useRef({ sought, pages: 0, ended: false })
  const { loading, failed } = way
  useEffect(() => {
    if (state.current.sought !== sought) state.current = { sought, pages: 0, ended: false }
    const search = state.current
    if (sought === undefined || search.ended || loading) return
    const index = entries.findIndex(({ key }) => key === sought)
    if (index >= 0) {
      search.ended = true
      // A thread that has just been drawn goes to its end first.
      requestAnimationFrame(() => requestAnimationFrame(() => latest.current.goTo(index)))
    } else if (failed) {
      return
    } else if (latest.current.hasOlder && search.pages < pagesMax) {
      search.pages += 1
      latest.current.loadOlder()
    } else {
      search.ended = true
      notifications.show({ message: t('thread.beyond') })
    }
  }, [sought, entries, loading, failed, t])
}
