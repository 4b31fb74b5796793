// To be called when a conversation is gone: nothing that was written in it may stay in this browser.
import { forgetDrafts } from '@/features/inbox/drafts'
import { endAttempt, placeOfAttempt } from '@/features/inbox/note_attempts'
import { forgetUnsent } from '@/features/inbox/unsent'

export function forgetConversation(id: string): void {
  forgetDrafts(id)
  forgetUnsent(id)
  endAttempt(placeOfAttempt(id))
}
