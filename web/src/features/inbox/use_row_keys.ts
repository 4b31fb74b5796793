// Keys for the rows of a list of which a window is drawn. Whoever pulls such a list fast sees all of its rows replaced in
// each frame: then the elements that are there show what comes next. To throw them away and make others took as long as
// the rest of the frame, and the collector, stopped for what was thrown away, was felt.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'

interface DrawnRow {
  id: string
  key: number
}

let lastKey = 0
const newKey = () => (lastKey += 1)

/**
 * The rows with those ids, in order, after the ones that are drawn. A row that stays keeps its key; but where keys may be
 * used again, and most rows are new, all rows take those of the drawn ones in the places where these stood.
 */
export function keyRows(drawn: DrawnRow[], ids: string[], mayReuse: boolean): DrawnRow[] {
  const keys = new Map(drawn.map(({ id, key }) => [id, key]))
  const staying = ids.filter((id) => keys.has(id)).length
  if (mayReuse && staying < ids.length / 2) return ids.map((id, place) => ({ id, key: drawn[place]?.key ?? newKey() }))
  return ids.map((id) => {
    const key = keys.get(id) ?? newKey()
    keys.delete(id) // one that a list has twice for a moment
    return { id, key }
  })
}

interface RowKeys {
  /** A key of React for each row. */
  keys: number[]
  /** One pulls so fast, frame after frame, that no row can be read. */
  rushing: boolean
}

/**
 * `list`: the element around the rows; `first`: the place of the first one. Keys are used again only where rows of other
 * places are drawn: one that an event replaces may be under a finger. Nor where one is held or has the focus, which would
 * go with the element to another row.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>, first: number, ids: string[]): RowKeys {
  const drawn = useRef<{ first: number; rows: DrawnRow[] }>({ first, rows: [] })
  const mayReuse = drawn.current.first !== first && !list.current?.matches(':active, :focus-within')
  const rows = keyRows(drawn.current.rows, ids, mayReuse)
  const [before] = drawn.current.rows
  const replaced = before !== undefined && before.key === rows[0]?.key && before.id !== rows[0].id
  useLayoutEffect(() => {
    drawn.current = { first, rows }
  })
  return { keys: rows.map(({ key }) => key), rushing: useRushing(replaced) }
}

const restMs = 100

/** From the second time that rows are replaced, so that one jump shows them whole at once, until none were for a while. */
function useRushing(replaced: boolean): boolean {
  const [rushing, setRushing] = useState(false)
  const rest = useRef<number>(undefined)
  if (replaced && !rushing && rest.current !== undefined) setRushing(true)
  useEffect(() => {
    if (!replaced) return
    window.clearTimeout(rest.current)
    rest.current = window.setTimeout(() => {
      rest.current = undefined
      setRushing(false)
    }, restMs)
  })
  useEffect(() => () => window.clearTimeout(rest.current), [])
  return rushing
}
