// The place of a message that a search has found. It comes in pieces of plain text.
import { Mark } from '@mantine/core'

import type { FoundMessage } from '@/features/inbox/api/search'

export function Snippet({ parts }: { parts: FoundMessage['snippet'] }) {
  return (
    <bdi>
      {parts.map(({ text, match }, index) => (match ? <Mark key={index}>{text}</Mark> : text))}
    </bdi>
  )
}
