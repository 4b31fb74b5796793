// A server of live events for tests: a WebSocket that goes nowhere.
import type { Socket } from '@/lib/live/client'
import type { Ready } from '@/lib/live/protocol'

export class FakeSocket implements Socket {
  readyState = 0
  said: Record<string, unknown>[] = []
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  closed = false
  /** Whether pings are answered. */
  alive = true

  send(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>
    this.said.push(message)
    if (message.type === 'ping' && this.alive) setTimeout(() => this.tells({ type: 'pong' }))
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  opens(): void {
    this.readyState = 1
    this.onopen?.call(this as unknown as WebSocket, new Event('open'))
  }

  tells(message: unknown): void {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent('message', { data: JSON.stringify(message) }))
  }

  ends(code: number): void {
    this.readyState = 3
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent)
  }

  /** Opens and answers the hello. */
  welcomes(answer: Partial<Ready> = {}): void {
    this.opens()
    this.tells({ type: 'ready', workspaceId: 'workspace-1', lastEventId: 'epoch-0', resumed: false, present: [], ...answer })
  }
}
