// What somebody has written and the server does not know: messages not sent yet, and drafts. A logout takes it away.
import { noteOf, isMentions } from '@/features/inbox/drafts'
import { shownOf } from '@/features/inbox/unsent'
import { ownOfPerson } from '@/lib/own_storage'
import { getSession } from '@/lib/session'

export interface Written {
  /** `unsent` was sent, and is not known to have gone out. */
  kind: 'unsent' | 'draft'
  text: string
  /** Null in another workspace, where it cannot be shown now. */
  conversationId: string | null
}

/** Of who is logged in, in all their workspaces; messages that were sent come first. */
export function listWritten(): Written[] {
  const here = getSession()?.workspaceId
  const place = (workspaceId: string, conversationId: string) => (workspaceId === here ? conversationId : null)
  const unsent = ownOfPerson('unsent').map(({ workspaceId, value }): Written => {
    const { conversationId, shown } = shownOf(value)
    return { kind: 'unsent', text: shown, conversationId: place(workspaceId, conversationId) }
  })
  const drafts = ownOfPerson('draft')
    .filter(({ id, value }) => !isMentions(id) && value.trim() !== '')
    .map(({ workspaceId, id, value }): Written => ({ kind: 'draft', text: value, conversationId: place(workspaceId, conversationOf(id)) }))
  return [...unsent, ...drafts]
}

const noteEnd = noteOf('')
const conversationOf = (id: string) => (id.endsWith(noteEnd) ? id.slice(0, -noteEnd.length) : id)
