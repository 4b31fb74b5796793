// What other slices use of quick replies.
import { lazy } from 'react'

export { fetchText, quickRepliesQuery, type QuickReply } from '@/features/quick_replies/api/quick_replies'
export {
  closeOption, manageOption, QuickReplyOptions, QuickReplyStatus, retryOption, type ListState,
} from '@/features/quick_replies/components/quick_reply_options'

/** A chunk of its own: few open it, and seldom. */
export const ManageQuickReplies = lazy(async () => ({ default: (await import('@/features/quick_replies/components/manage_dialog')).ManageDialog }))
