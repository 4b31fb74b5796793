// What the frame around the pages uses of the inbox: its keys, and the search for messages.
export { isMessageHit, searchQuery } from '@/features/inbox/api/search'
export { shortcutGroups, shortcutIds, shortcuts } from '@/features/inbox/shortcuts'
export { offeredShortcuts, runShortcut, useShortcuts } from '@/features/inbox/use_shortcuts'
