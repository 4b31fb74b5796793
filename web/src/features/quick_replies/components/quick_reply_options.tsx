// Quick replies to choose from, inside a Combobox of whoever asks.
import { Combobox, ScrollArea, Text, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { QuickReply } from '@/features/quick_replies/api/quick_replies'

/** The values of the options that are no quick reply. */
export const manageOption = 'manage'
export const retryOption = 'retry'
export const closeOption = 'close'

/** `offline`: it is asked for as soon as there is a connection. */
export type ListState = 'loading' | 'offline' | 'failed' | 'loaded'

interface OptionsProps {
  replies: QuickReply[]
  /** Of the shortcut that is sought. */
  letters: string
  state: ListState
  /** Sending was asked for, and did not happen yet because the list failed, or holds what fits. */
  heldBack: boolean
}

export function QuickReplyOptions({ replies, letters, state, heldBack }: OptionsProps) {
  const { t } = useTranslation(['quick_replies', 'components'])
  return (
    <>
      {state === 'offline' ? <Notice>{t('offline')}</Notice> : null}
      {state === 'failed' || (state === 'loaded' && heldBack) ? (
        <Notice alert>
          {state === 'failed' ? t('failed') : null} {heldBack ? t('sendAgain') : null}
        </Notice>
      ) : null}
      {state === 'loading' ? <Combobox.Empty>{t('components:loading')}</Combobox.Empty> : null}
      {state === 'loaded' && replies.length === 0 ? <Combobox.Empty>{t(letters === '' ? 'empty' : 'none')}</Combobox.Empty> : null}
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
          {state === 'offline' ? <Act value={closeOption} label={t('close')} /> : null}
          {state === 'failed' ? <Act value={retryOption} label={t('components:retry')} /> : null}
          {state === 'loaded' && replies.length === 0 && letters === '' ? <Act value={manageOption} label={t('manage')} /> : null}
        </ScrollArea.Autosize>
      </Combobox.Options>
    </>
  )
}

/** Beside the options, as a list box may hold nothing else. What is no alert `QuickReplyStatus` says. */
function Notice({ alert = false, children }: { alert?: boolean; children: ReactNode }) {
  return (
    <Text size="sm" px="sm" py={6} role={alert ? 'alert' : undefined} aria-hidden={alert ? undefined : true}>
      {children}
    </Text>
  )
}

/** For screen readers. Always there, as many do not say what appears together with its element. */
export function QuickReplyStatus({ offering, state }: { offering: boolean; state: ListState }) {
  const { t } = useTranslation('quick_replies')
  return <VisuallyHidden role="status">{offering && state === 'offline' ? t('offline') : null}</VisuallyHidden>
}

function Act({ value, label }: { value: string; label: string }) {
  return (
    <Combobox.Option value={value}>
      <Text size="sm" ta="center">
        {label}
      </Text>
    </Combobox.Option>
  )
}
