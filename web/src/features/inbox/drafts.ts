// What somebody has begun to write, kept for each conversation while the tab lives.
const keyOf = (conversationId: string) => `wapi-draft-${conversationId}`

export function readDraft(conversationId: string): string {
  try {
    return sessionStorage.getItem(keyOf(conversationId)) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(conversationId: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(keyOf(conversationId))
    else sessionStorage.setItem(keyOf(conversationId), text)
  } catch {
    // without storage a draft lives as long as the open thread
  }
}
