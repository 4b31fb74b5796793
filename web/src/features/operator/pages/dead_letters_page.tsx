// The dead letters of all workspaces, or of the one that the address names.
import { Button, Group, TextInput } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { lettersPath } from '@/config/paths'
import { deskOf } from '@/features/operator/api/queues'
import { LettersCard } from '@/features/queues'

const wholeId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function OperatorDeadLettersPage() {
  const { t } = useTranslation('operator')
  const { workspaceId: workspace = '' }: { workspaceId?: string } = useParams({ strict: false })
  return (
    <Page title={t('letters.title')}>
      <LettersCard
        desk={deskOf(workspace)}
        title={t(workspace ? 'letters.ofOne' : 'letters.ofAll')}
        filter={<WorkspaceFilter workspace={workspace} />}
      />
    </Page>
  )
}

/** Half an id names nothing, so only a whole one is asked for at once; anything else on Enter. */
function WorkspaceFilter({ workspace }: { workspace: string }) {
  const { t } = useTranslation('operator')
  const navigate = useNavigate()
  const [text, setText] = useState(workspace)
  const [shown, setShown] = useState(workspace)
  if (shown !== workspace) {
    setShown(workspace) // the address changed, by this field or by a link
    if (text.trim() !== workspace) setText(workspace)
  }
  const show = (id: string) => void navigate({ to: lettersPath(id), replace: true })
  const type = (typed: string) => {
    setText(typed)
    const id = typed.trim()
    if (id !== workspace && (id === '' || wholeId.test(id))) show(id)
  }
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={t('letters.filter')}>
      <TextInput
        label={t('letters.workspace')}
        placeholder={t('letters.any')}
        dir="ltr"
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') show(text.trim())
        }}
        style={{ flex: '0 1 340px' }}
      />
      {workspace ? (
        <Button variant="subtle" onClick={() => show('')}>
          {t('letters.showAll')}
        </Button>
      ) : null}
    </Group>
  )
}
