// Which rows of a list are ticked. What is no longer in the list is not ticked either.
import { useState } from 'react'

export interface Selection {
  ids: string[]
  has: (id: string) => boolean
  toggle: (id: string) => void
  setAll: (all: boolean) => void
}

export function useSelection(shown: string[]): Selection {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const ids = shown.filter((id) => ticked.has(id))
  return {
    ids,
    has: (id) => ticked.has(id),
    toggle: (id) =>
      setTicked((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    setAll: (all) => setTicked(new Set(all ? shown : [])),
  }
}
