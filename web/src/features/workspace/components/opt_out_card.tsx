import { SimpleGrid, Stack, TagsInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { useChangeWorkspace } from '@/features/workspace/api/change'
import { SaveLine } from '@/features/workspace/components/save_line'
import { changeBetween, changedLists, isTooLong, readSettings, wordLists, type OptOutWords, type WordChanges } from '@/features/workspace/settings'

export function OptOutCard({ words }: { words: OptOutWords }) {
  const { t } = useTranslation('workspace')
  const [changes, setChanges] = useState<WordChanges>({})
  const change = useChangeWorkspace()
  const changed = changedLists(words, changes)
  const draft = { ...words, ...changed }
  const valid = !Object.values(draft).flat().some(isTooLong)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(({ settings }) => ({ settings: { optOut: changedLists(readSettings(settings).optOut, changes) } }), {
      onSuccess: () => setChanges((now) => (now === changes ? {} : now)),
    })
  }
  return (
    <Card title={t('optOut.title')} about={t('optOut.about')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {wordLists.map((list) => (
              <TagsInput
                key={list}
                label={t(`optOut.${list}`)}
                description={t('optOut.hint')}
                error={draft[list].some(isTooLong) ? t('optOut.tooLong') : null}
                acceptValueOnBlur
                value={draft[list]}
                onChange={(value) => setChanges({ ...changes, [list]: changeBetween(words[list], value) })}
              />
            ))}
          </SimpleGrid>
          <SaveLine save={change} changed={Object.keys(changed).length > 0} valid={valid} />
        </Stack>
      </form>
    </Card>
  )
}
