// What came of each letter that was acted on: those that were done as a number, the others by name.
import { Alert, List } from '@mantine/core'
import { IconCheck, IconExclamationCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Letter, LetterAct, LetterResult } from '@/features/queues/desk'
import { useKindName } from '@/features/queues/kinds'

export interface Acted {
  act: LetterAct
  letters: Letter[]
  results: LetterResult[]
}

export function ActResults({ acted: { act, letters, results }, onClose }: { acted: Acted; onClose: () => void }) {
  const { t } = useTranslation(['queues', 'failures', 'components'])
  const { i18n } = useTranslation()
  const kindName = useKindName()
  const refused = results.filter(({ error }) => error !== null)
  const nameOf = (id: string) => {
    const letter = letters.find((one) => one.id === id)
    return t('letters.named', { kind: letter ? kindName(letter.kind) : '', id })
  }
  const reasonOf = (code: string) =>
    i18n.exists(code, { ns: 'failures' }) ? t(`failures:${code as 'unknown'}`) : code
  return (
    <Alert
      role="status"
      variant="light"
      color={refused.length > 0 ? 'orange' : 'brand'}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      icon={refused.length > 0 ? <IconExclamationCircle size={18} aria-hidden /> : <IconCheck size={18} aria-hidden />}
      withCloseButton
      closeButtonLabel={t('components:close')}
      onClose={onClose}
      title={t(`acts.${act}Done`, { count: results.length - refused.length })}
    >
      {refused.length > 0 ? (
        <List size="sm">
          {refused.map(({ id, error }) => (
            <List.Item key={id}>
              <bdi>{nameOf(id)}</bdi>: {reasonOf(error ?? '')}
            </List.Item>
          ))}
        </List>
      ) : null}
    </Alert>
  )
}
