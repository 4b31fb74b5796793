// The connection on which the server tells what happens: opened, greeted with a token, watched, and
// opened again from the last event on. Who listens to it is in `live.ts`.
import { endingOf, parseMessage, type ClientMessage, type Ready, type ServerMessage } from '@/lib/live/protocol'
import type { Session } from '@/lib/session'

/** The part of a WebSocket that is used. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onopen' | 'onmessage' | 'onclose'>

/** `off`: it does not try, because it was not begun, or was told to stop; refused, it looks every few minutes. */
export type LiveState = 'off' | 'trying' | 'up'

export interface Parts {
  open(): Socket
  /** A token that is good for a while; null when nobody is logged in. Throws when the server cannot be reached. */
  session(): Promise<Session | null>
  /** A new token, whatever the old one is like. The same otherwise. */
  refresh(): Promise<Session | null>
  onMessage(message: ServerMessage): void
  onState(state: LiveState): void
  /** The server has ended it: no longer a member, or the workspace is suspended, or it is not understood. */
  onRefused(): void
  /**
   * What was told before is not all there is: everything has to be fetched anew. The reason is the server's; none
   * at first. `spreadMs`: over how long those who are told so together are to spread, so that they do not all ask at once.
   */
  onMissed(reason?: string, spreadMs?: number): void
}

const openMs = 15_000
const answerMs = 40_000 // to a hello: the server waits half a minute for its database
const quietMs = 25_000
const pongMs = 10_000
const renewEarlyMs = 55_000 // before the token ends; a session renews itself a minute before
const renewAgainMs = 5_000
const firstWaitMs = 1_000
const longestWaitMs = 30_000
const slowerMs = 30_000
const refusedMs = 300_000
const connecting = 0 // WebSocket.CONNECTING
const open = 1 // WebSocket.OPEN

export class LiveClient {
  private socket: Socket | null = null
  private state: LiveState = 'off'
  private lastEventId: string | undefined
  /** Attempts since the last answer to a hello. */
  private failures = 0
  private tokenRefused = false
  /** Of the connection, or of the next attempt: what comes of an older one is not heard. */
  private attempt = 0
  private watch: ReturnType<typeof setTimeout> | undefined
  private next: ReturnType<typeof setTimeout> | undefined
  /** Of the next attempt, ms since 1970: a machine that slept is late with its timers. */
  private notBefore = 0
  private renewal: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly parts: Parts) {}

  start(): void {
    if (this.state === 'off') void this.connect(() => this.parts.session())
  }

  /** Forgets what it has heard of: whoever begins again may be somebody else. */
  stop(): void {
    this.halt()
    this.lastEventId = undefined
  }

  /** False when it cannot be said now. */
  say(message: ClientMessage): boolean {
    if (this.state !== 'up' || this.socket?.readyState !== open) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  /**
   * Something makes a lost connection likely, or a new one possible: it is found out at once, but not before the
   * pause that the server asked for is over. The page is seen again at each change of tabs.
   */
  probe(): void {
    if (this.state === 'up') this.ping()
    else if (!this.socket && this.next !== undefined && Date.now() >= this.notBefore) void this.connect(() => this.parts.session())
  }

  private halt(): void {
    this.drop()
    this.setState('off')
  }

  private setState(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    this.parts.onState(state)
  }

  /** Ends the connection without waiting for the other side. */
  private drop(): void {
    this.attempt += 1
    for (const timer of [this.watch, this.next, this.renewal]) clearTimeout(timer)
    this.next = undefined
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    if (socket.readyState === connecting) closeOnceOpen(socket)
    else socket.close()
  }

  private async connect(getSession: () => Promise<Session | null>): Promise<void> {
    this.drop()
    this.setState('trying')
    const { attempt } = this
    const session = await getSession().catch(() => undefined)
    if (attempt !== this.attempt) return
    if (session === null) this.halt()
    else if (!session || !this.openSocket(session)) this.retry()
  }

  private openSocket(session: Session): boolean {
    try {
      const socket = this.parts.open()
      this.socket = socket
      socket.onopen = () => this.hello(session)
      socket.onmessage = ({ data }) => this.hear(parseMessage(data))
      socket.onclose = ({ code }) => this.ended(code)
      this.expect(openMs, () => {
        this.ended(1006)
        socket.close() // at once: a browser makes no other connection to a server while one hangs
      })
      return true
    } catch {
      return false
    }
  }

  private expect(ms: number, otherwise: () => void): void {
    clearTimeout(this.watch)
    this.watch = setTimeout(otherwise, ms)
  }

  private hello({ token, workspaceId, expiresAt }: Session): void {
    const lastEventId = this.state === 'up' ? undefined : this.lastEventId
    this.socket?.send(JSON.stringify({ type: 'hello', token, workspaceId, lastEventId } satisfies ClientMessage))
    if (this.state !== 'up') this.expect(answerMs, () => this.ended(1006))
    this.renewIn(expiresAt - Date.now() - renewEarlyMs)
  }

  private renewIn(ms: number): void {
    clearTimeout(this.renewal)
    this.renewal = setTimeout(() => void this.renew(), Math.max(firstWaitMs, ms))
  }

  /** Says hello again, before the token ends. When that fails the server closes, and a new attempt is made. */
  private async renew(): Promise<void> {
    const { attempt } = this
    const session = await this.parts.session().catch(() => undefined)
    if (attempt !== this.attempt) return
    if (session === null) this.halt()
    else if (session && this.state === 'up') this.hello(session)
    else this.renewIn(renewAgainMs)
  }

  private hear(message: ServerMessage | null): void {
    this.expect(quietMs, () => this.ping())
    if (!message) return
    if (message.type === 'ready') this.welcome(message)
    if ('id' in message || message.type === 'resync') this.lastEventId = 'id' in message ? message.id : message.lastEventId
    this.parts.onMessage(message)
    if (message.type === 'resync') this.parts.onMissed(message.reason, message.spreadMs)
  }

  private welcome(ready: Ready): void {
    if (this.state === 'up') return // the answer to a hello with a fresh token
    const first = this.lastEventId === undefined
    this.lastEventId = ready.lastEventId
    this.failures = 0
    this.tokenRefused = false
    this.setState('up')
    if (first) this.parts.onMissed() // later it is the server's to say, by `resync`
  }

  private ping(): void {
    if (!this.say({ type: 'ping' })) return
    this.expect(pongMs, () => this.ended(1006))
  }

  private ended(code: number): void {
    this.drop()
    const ending = endingOf(code)
    if (ending === 'stop' || ending === 'refused') {
      this.halt()
      // Nobody may have seen a suspension, nor that it is over.
      if (ending === 'refused') this.plan(refusedMs, () => this.start())
      return this.parts.onRefused()
    }
    if (ending === 'newToken' && !this.tokenRefused) {
      this.tokenRefused = true // a fresh one, too, is refused: then not at once again
      return void this.connect(() => this.parts.refresh())
    }
    this.retry(ending === 'slower' ? slowerMs : 0)
  }

  /** Later each time, and not all pages of a team at once. */
  private retry(atLeastMs = 0): void {
    this.drop()
    this.setState('trying')
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** this.failures)
    this.failures += 1
    this.plan(atLeastMs, () => void this.connect(() => this.parts.session()), wait * (0.5 + Math.random() / 2))
  }

  /** `thenMs` is left out when there is reason to try. */
  private plan(atLeastMs: number, attempt: () => void, thenMs = 0): void {
    this.notBefore = Date.now() + atLeastMs
    this.next = setTimeout(attempt, atLeastMs + thenMs)
  }
}

/** A browser complains of one that is closed before. One that hangs is closed all the same. */
function closeOnceOpen(socket: Socket): void {
  const hanging = setTimeout(() => socket.close(), openMs)
  socket.onopen = () => {
    clearTimeout(hanging)
    socket.close()
  }
}
