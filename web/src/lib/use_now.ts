// The time of day that moves on, for "5 minutes ago" and timers. All who ask share one clock.
import { useEffect, useReducer, useRef } from 'react'

const tickMs = 15_000

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    timer = setInterval(() => {
      now = Date.now()
      for (const tell of listeners) tell()
    }, tickMs)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

type Shown = string | number | boolean | null

/**
 * What is made of the time, in ms since 1970, looked at every 15 seconds. Only when it turns out different is there
 * anything to draw: rows that all drew themselves at each tick were felt by whoever scrolled. A store of React would
 * be subscribed to as well, and looked at two times more for each row that scrolling draws.
 */
export function useByNow<Made extends Shown>(make: (now: number) => Made): Made {
  if (listeners.size === 0) now = Date.now() // a clock that nobody asks stands still
  const made = make(now)
  const [, draw] = useReducer((times: number) => times + 1, 0)
  const latest = useRef({ make, made })
  latest.current = { make, made }
  useEffect(() => {
    const look = () => {
      if (latest.current.make(now) !== latest.current.made) draw()
    }
    return subscribe(look)
  }, [])
  return made
}
