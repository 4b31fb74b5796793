// Quick replies to choose from, inside a Combobox of whoever asks.
import { Combobox, ScrollArea, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { QuickReply } from '@/features/quick_replies/api/quick_replies'

/** The value of the option that leads to the dialog where they are written. */
export const manageOption = 'manage'

interface OptionsProps {
  replies: QuickReply[]
  /** Of the shortcut that is sought. */
  letters: string
  /** Nothing is known yet. */
  pending: boolean
}

export function QuickReplyOptions({ replies, letters, pending }: OptionsProps) {
  const { t } = useTranslation(['quick_replies', 'components'])
  const none = pending ? t('components:loading') : t(letters === '' ? 'empty' : 'none')
  return (
    <Combobox.Options aria-label={t('title')}>
      <ScrollArea.Autosize mah={280} type="scroll">
        {replies.map(({ id, shortcut, text }) => (
          <Combobox.Option key={id} value={id}>
            <Text size="sm" fw={600}>
              <bdi>/{shortcut}</bdi>
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2} dir="auto">
              {text}
            </Text>
          </Combobox.Option>
        ))}
        {replies.length === 0 ? <Combobox.Empty>{none}</Combobox.Empty> : null}
        {replies.length === 0 && letters === '' && !pending ? (
          <Combobox.Option value={manageOption}>
            <Text size="sm" ta="center">
              {t('manage')}
            </Text>
          </Combobox.Option>
        ) : null}
      </ScrollArea.Autosize>
    </Combobox.Options>
  )
}
