import { SimpleGrid, Stack, TagsInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { useChangeWorkspace } from '@/features/workspace/api/change'
import { SaveLine } from '@/features/workspace/components/save_line'
import { isTooLong, wordLists, type OptOutWords } from '@/features/workspace/settings'

export function OptOutCard({ words }: { words: OptOutWords }) {
  const { t } = useTranslation('workspace')
  const [draft, setDraft] = useState(words)
  const change = useChangeWorkspace()
  const changed = JSON.stringify(draft) !== JSON.stringify(words)
  const valid = !Object.values(draft).flat().some(isTooLong)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ settings: { optOut: draft } })
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
                onChange={(value) => setDraft({ ...draft, [list]: value })}
              />
            ))}
          </SimpleGrid>
          <SaveLine save={change} changed={changed} valid={valid} />
        </Stack>
      </form>
    </Card>
  )
}
