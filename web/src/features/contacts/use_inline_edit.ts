// What is shown turns into a form at its place, and back. The button that began it has the focus again, unless
// somebody has gone on elsewhere while it was saved.
import { useRef, useState } from 'react'

export function useInlineEdit() {
  const form = useRef<HTMLFormElement>(null)
  const [editing, setEditing] = useState(false)
  const [returns, setReturns] = useState(false)
  const begin = () => setEditing(true)
  const end = () => {
    const active = document.activeElement
    setReturns(active === document.body || form.current?.contains(active) === true)
    setEditing(false)
  }
  /** `returns` is the button's `autoFocus`. */
  return { form, editing, returns, begin, end }
}
