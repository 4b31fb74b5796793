// Contacts that have come since the list was fetched. They are told of, and shown when somebody wants to see them: rows
// that come by themselves would move what one reads. Which of them the filter lets through only the server knows.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'

import { contactsQuery, fetchContacts, type Contact } from '@/features/contacts/api/contacts'
import type { ContactFilter } from '@/features/contacts/filter'
import { useLiveEvents } from '@/lib/live/use_live'

/** Once for many events, such as those of an import. */
const lookAfterMs = 1_000

interface Found {
  filter: ContactFilter
  ids: string[]
}

/** How many there are at most on one page; `show` puts them into the list. */
export function useNewContacts(filter: ContactFilter, shown: Contact[]): { count: number; show: () => void } {
  const client = useQueryClient()
  const [found, setFound] = useState<Found>()
  const latest = useRef({ filter, shown })
  latest.current = { filter, shown }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const show = () => void client.invalidateQueries({ queryKey: contactsQuery(latest.current.filter).queryKey, exact: true })
  const look = async () => {
    timer.current = undefined
    const { filter: looked, shown: known } = latest.current
    if (known.length === 0) return show() // nobody reads anything yet
    const page = await fetchContacts(looked, undefined)
    setFound({ filter: looked, ids: page.contacts.filter((one) => isNewer(one, known)).map(({ id }) => id) })
  }
  useLiveEvents({
    onEvent: (event) => {
      if (event.type !== 'contact.changed' || !isNewer(event.data.contact, latest.current.shown)) return
      timer.current ??= setTimeout(() => void look().catch(() => undefined), lookAfterMs) // what fails here is seen at the next look
    },
  })
  const ids = found?.filter === filter ? found.ids : []
  return { count: ids.filter((id) => shown.every((one) => one.id !== id)).length, show }
}

/** The newest stand first: others that are not shown stand further down. */
function isNewer(one: Contact, shown: Contact[]): boolean {
  const first = shown[0]
  return shown.every(({ id }) => id !== one.id) && (first === undefined || Date.parse(one.createdAt) >= Date.parse(first.createdAt))
}
