// What client and server say to each other on /api/v1/realtime (docs/api/realtime.md).
import type { components } from '@/api/generated/openapi'

type Schemas = components['schemas']

interface EventData {
  'message.created': { message: Schemas['Message']; conversation: Schemas['Conversation'] }
  'message.status': { message: Schemas['Message'] }
  'conversation.changed': { conversation: Schemas['Conversation']; merged?: boolean }
  'conversation.removed': { id: string }
  'contact.changed': { contact: Schemas['Contact'] }
  'contact.removed': { id: string }
  'note.created': { note: Schemas['Note'] }
  'note.removed': { id: string; conversationId: string }
  'number.changed': { phoneNumberId: string; displayPhone: string; status: string; reason: string }
}

/** One that may come twice; it shows how things stand, so it is set and never counted. */
export type LiveEvent = { [Type in keyof EventData]: { type: Type; id: string; data: EventData[Type] } }[keyof EventData]

export interface Present {
  userId: string
  state: 'online' | 'away' | 'offline'
  /** Which conversation they look at, if one sees it too. */
  conversationId?: string | null
}

export interface Ready {
  type: 'ready'
  workspaceId: string
  lastEventId: string
  /** True when what was missed follows. */
  resumed: boolean
  present: Present[]
}

export type ServerMessage =
  | LiveEvent
  | Ready
  | { type: 'resync'; lastEventId: string; reason: string; spreadMs?: number }
  | { type: 'typing'; userId: string; conversationId: string; shownMs: number }
  | ({ type: 'presence' } & Present)
  | { type: 'error'; code: string; message: string; field?: string }
  | { type: 'pong' }

export type ClientMessage =
  | { type: 'hello'; token: string; workspaceId?: string; lastEventId?: string }
  | { type: 'ping' }
  | { type: 'typing'; conversationId: string }
  | { type: 'presence'; state: 'online' | 'away'; conversationId?: string }

/** Null for what is no message. Types that this page does not know are left to who reads them. */
export function parseMessage(text: unknown): ServerMessage | null {
  if (typeof text !== 'string') return null
  try {
    const message = JSON.parse(text) as { type?: unknown } | null
    return typeof message?.type === 'string' ? (message as ServerMessage) : null
  } catch {
    return null
  }
}

/** What to do when the connection has ended with a code. */
export type Ending = 'again' | 'newToken' | 'slower' | 'refused' | 'stop'

export function endingOf(code: number): Ending {
  switch (code) {
    case 4401:
      return 'newToken'
    case 4429: // too many messages
    case 4430: // too many connections: there is room again as soon as somebody closes a page
      return 'slower'
    case 4403: // no longer a member, or the workspace is suspended, which has an end
      return 'refused'
    case 4400: // what this page says is wrong, and would be again
    case 1002:
    case 1003:
    case 1007:
    case 1009:
      return 'stop'
    default:
      return 'again'
  }
}
