// One line about a message, for lists.
import type { Message } from '@/features/messages/api/messages'
import { plainText } from '@/features/messages/format'
import { useWords } from '@/lib/words'

const knownTypes = [
  'image', 'video', 'document', 'sticker', 'audio', 'location', 'contacts', 'reaction', 'button', 'interactive',
  'order', 'system', 'edit', 'revoke', 'request_welcome', 'media_placeholder', 'template', 'unsupported',
] as const
export type KnownType = (typeof knownTypes)[number]

export const isKnownType = (type: string): type is KnownType => (knownTypes as readonly string[]).includes(type)

/** Types whose text says all there is. */
export const isTextual = (type: string): boolean => ['text', 'button', 'interactive', 'template'].includes(type)

const previewCharacters = 160

export function useMessagePreview(): (message: Pick<Message, 'type' | 'body'>) => string {
  const { t } = useWords('messages')
  return ({ type, body }) => {
    const text = plainText(body.slice(0, previewCharacters)).replace(/\s+/g, ' ')
    if (text !== '' && isTextual(type)) return text
    const name = t(`types.${isKnownType(type) ? type : 'unsupported'}`)
    return text === '' || type === 'unsupported' ? name : `${name}: ${text}`
  }
}
