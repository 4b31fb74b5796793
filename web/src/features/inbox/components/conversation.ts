// What an open conversation is made of: one file to load.
export { ConversationDetails } from '@/features/inbox/components/conversation_details'
export { ConversationPane } from '@/features/inbox/components/conversation_pane'
