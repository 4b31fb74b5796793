// A text with WhatsApp's marks and links. Nothing of it is ever taken for markup.
import { Anchor, Code } from '@mantine/core'
import { memo, useMemo } from 'react'

import { parseMarks, type Marked } from '@/features/messages/format'

// Longer texts are shown as they are: thousands of elements would make the thread stutter.
const markedCharactersMax = 10_000

export const FormattedText = memo(function FormattedText({ text }: { text: string }) {
  const parts = useMemo(() => (text.length > markedCharactersMax ? null : parseMarks(text)), [text])
  return parts ? <Parts parts={parts} /> : text
})

function Parts({ parts }: { parts: Marked[] }) {
  return parts.map((part, index) => <Part key={index} part={part} />)
}

function Part({ part }: { part: Marked }) {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'mono':
      return <Code fz="inherit">{part.text}</Code>
    case 'link':
      return (
        <Anchor href={part.href} target="_blank" rel="noopener noreferrer nofollow" c="inherit" inherit underline="always">
          <bdi>{part.text}</bdi>
        </Anchor>
      )
    case 'bold':
      return (
        <strong>
          <Parts parts={part.children} />
        </strong>
      )
    case 'italic':
      return (
        <em>
          <Parts parts={part.children} />
        </em>
      )
    case 'strike':
      return (
        <s>
          <Parts parts={part.children} />
        </s>
      )
  }
}
