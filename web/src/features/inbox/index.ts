// What the frame around the pages uses of the inbox: its keys, the search for messages, and what live events do.
export { hitsOf, isMessageHit, searchQuery } from '@/features/inbox/api/search'
export { forgetConversation } from '@/features/inbox/forget'
export { applyEvent, pullAll } from '@/features/inbox/live_events'
export { shortcutGroups, shortcutIds, shortcuts } from '@/features/inbox/shortcuts'
export { offeredShortcuts, runShortcut, useShortcuts } from '@/features/inbox/use_shortcuts'
export { listWritten, type Written } from '@/features/inbox/written'
