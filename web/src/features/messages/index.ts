// What other slices use of messages.
export { fetchMessages, threadQuery, type Message, type MessagePage, type Thread } from '@/features/messages/api/messages'
export { FormattedText } from '@/features/messages/components/formatted_text'
export { MessageBubble } from '@/features/messages/components/message_bubble'
export { MessageTicks } from '@/features/messages/components/message_ticks'
export { canSendAgain } from '@/features/messages/failure'
export { hasMarks, parseMarks } from '@/features/messages/format'
export { useMessagePreview } from '@/features/messages/preview'
