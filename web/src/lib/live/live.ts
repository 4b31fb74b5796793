// Live events for the whole page: one connection, begun by the frame around the pages, and what is known
// from it. Parts of the page listen by the hooks of `use_live.ts`.
import { LiveClient, type LiveState } from '@/lib/live/client'
import { Colleagues } from '@/lib/live/colleagues'
import type { LiveEvent, ServerMessage } from '@/lib/live/protocol'
import { freshSession, getSession, refreshSession, subscribe as subscribeToSession } from '@/lib/session'

export interface Listener {
  onEvent?(event: LiveEvent): void
  onMissed?(reason?: string, spreadMs?: number): void
}

const presenceEveryMs = 500 // the server takes 30 messages in 10 s
const typingEveryMs = 2_500

let state: LiveState = 'off'
let lostAt: number | null = null
const listeners = new Set<Listener>()
const watchers = new Set<() => void>()

const tellWatchers = () => watchers.forEach((tell) => tell())

export const colleagues = new Colleagues(tellWatchers)

export const getLiveState = () => state
/** Since when a connection that was there is gone, ms since 1970. */
export const getLostAt = () => lostAt

/** Calls back whenever state or colleagues have changed. */
export function watchLive(tell: () => void): () => void {
  watchers.add(tell)
  return () => watchers.delete(tell)
}

export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function address(): string {
  const url = new URL('/api/v1/realtime', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

const client = new LiveClient({
  open: () => new WebSocket(address()),
  session: freshSession,
  refresh: refreshSession,
  onMessage: hear,
  // Who may not be here any more learns it at once, on whatever page.
  onRefused: () => void refreshSession().catch(() => undefined),
  onMissed: (reason, spreadMs) => listeners.forEach((listener) => listener.onMissed?.(reason, spreadMs)),
  onState: (next) => {
    if (state === 'up' && next === 'trying') lostAt = Date.now()
    if (next !== 'trying') lostAt = null
    state = next
    if (next !== 'up') colleagues.forget()
    tellWatchers()
  },
})

function hear(message: ServerMessage): void {
  switch (message.type) {
    case 'ready':
      colleagues.greet(message)
      return sayPresence()
    case 'presence':
      return colleagues.note(message)
    case 'typing':
      return colleagues.noteTyping(message.userId, message.conversationId, message.shownMs)
    default:
      if ('id' in message) listeners.forEach((listener) => listener.onEvent?.(message))
  }
}

let viewing: string | undefined
let presenceTimer: ReturnType<typeof setTimeout> | undefined

/** Tells colleagues which conversation is open here. Whoever goes through many tells of the last. */
export function setViewing(conversationId: string | undefined): void {
  viewing = conversationId
  clearTimeout(presenceTimer)
  presenceTimer = setTimeout(sayPresence, presenceEveryMs)
}

function sayPresence(): void {
  client.say({ type: 'presence', state: document.hidden ? 'away' : 'online', ...(viewing ? { conversationId: viewing } : {}) })
}

let typedAt = 0

/** To be called at each letter. */
export function noteTyping(conversationId: string): void {
  if (Date.now() - typedAt < typingEveryMs) return
  if (client.say({ type: 'typing', conversationId })) typedAt = Date.now()
}

let wanted = false

/** Tries again after the server has ended it, because what it was for is over. */
export function reviveLive(): void {
  if (wanted) client.start()
}

/** Keeps the connection for whoever is logged in. Gives what ends it. */
export function startLive(): () => void {
  const who = () => `${getSession()?.userId} ${getSession()?.workspaceId}`
  let before = who()
  const onSession = () => {
    if (who() === before) return
    before = who()
    client.stop()
    if (getSession()) client.start()
  }
  const probe = () => client.probe()
  const onSeen = () => {
    setViewing(viewing)
    if (!document.hidden) probe()
  }
  const leave = subscribeToSession(onSession)
  window.addEventListener('online', probe)
  window.addEventListener('offline', probe)
  document.addEventListener('visibilitychange', onSeen)
  wanted = true
  client.start()
  return () => {
    wanted = false
    leave()
    window.removeEventListener('online', probe)
    window.removeEventListener('offline', probe)
    document.removeEventListener('visibilitychange', onSeen)
    client.stop()
  }
}
