// Which rows of a list can be seen, when all are equally high. It follows from where the list is scrolled to: nothing is
// done for each row, so that a list of very many takes no longer than a short one.
import { useLayoutEffect, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'

interface ListShape {
  count: number
  rowPx: number
  /** Drawn before and after what can be seen. */
  spareRows: number
}

interface VisibleRows {
  /** Places of the first and of the last row to draw; the last is -1 when there are none. */
  first: number
  last: number
  /** Scrolls no further than needed to see the row at that place. */
  showRow: (place: number) => void
}

export function useVisibleRows(scroller: RefObject<HTMLElement | null>, { count, rowPx, spareRows }: ListShape): VisibleRows {
  const [top, setTop] = useState(0)
  const [fitting, setFitting] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => setFitting(Math.ceil(element.offsetHeight / rowPx))
    const follow = () => setTop(Math.max(0, Math.floor(element.scrollTop / rowPx)))
    const followAtOnce = () => flushSync(follow) // else what is scrolled to would be empty for a moment
    measure()
    follow()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', followAtOnce, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', followAtOnce)
    }
  }, [scroller, rowPx])

  const showRow = (place: number) => {
    const element = scroller.current
    if (!element) return
    const lowest = place * rowPx
    const highest = lowest + rowPx - element.offsetHeight
    element.scrollTop = Math.min(lowest, Math.max(highest, element.scrollTop))
  }
  // A list that became shorter is scrolled to its end.
  const seen = Math.min(top, Math.max(0, count - fitting))
  const last = fitting === 0 ? -1 : Math.min(count - 1, seen + fitting + spareRows)
  return { first: Math.max(0, seen - spareRows), last, showRow }
}
