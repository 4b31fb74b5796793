import { Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { useChangeWorkspace } from '@/features/workspace/api/change'
import { SaveLine } from '@/features/workspace/components/save_line'

export function NameCard({ name }: { name: string }) {
  const { t } = useTranslation('workspace')
  const [text, setText] = useState(name)
  const change = useChangeWorkspace()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ name: text.trim() }, { onSuccess: (workspace) => setText(workspace.name) })
  }
  return (
    <Card title={t('general.title')} about={t('general.about')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('general.name')}
            required
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <SaveLine save={change} changed={text.trim() !== name} valid={text.trim() !== ''} />
        </Stack>
      </form>
    </Card>
  )
}
