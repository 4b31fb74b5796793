// The time of day that moves on, for "5 minutes ago" and timers. All who ask share one clock.
import { useSyncExternalStore } from 'react'

const tickMs = 15_000

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now()
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
 * anything to draw: rows that all drew themselves at each tick were felt by whoever scrolled.
 */
export const useByNow = <Made extends Shown>(make: (now: number) => Made): Made => useSyncExternalStore(subscribe, () => make(now))
