// What the frame around the pages uses of the inbox: its keys.
export { shortcutGroups, shortcutIds, shortcuts } from '@/features/inbox/shortcuts'
export { useShortcuts } from '@/features/inbox/use_shortcuts'
