// The dead letters of all workspaces, or of the one that the address names.
import { Button, Group, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { lettersPath } from '@/config/paths'
import { deskOf } from '@/features/operator/api/queues'
import { LettersCard } from '@/features/queues'

const typingPauseMs = 300

export function OperatorDeadLettersPage() {
  const { t } = useTranslation('operator')
  const { workspaceId: workspace = '' }: { workspaceId?: string } = useParams({ strict: false })
  return (
    <Page title={t('letters.title')}>
      <LettersCard
        key={workspace}
        desk={deskOf(workspace)}
        title={t(workspace ? 'letters.ofOne' : 'letters.ofAll')}
        filter={<WorkspaceFilter key={workspace} workspace={workspace} />}
      />
    </Page>
  )
}

function WorkspaceFilter({ workspace }: { workspace: string }) {
  const { t } = useTranslation('operator')
  const navigate = useNavigate()
  const [text, setText] = useState(workspace)
  const show = (id: string) => void navigate({ to: lettersPath(id), replace: true })
  const showSoon = useDebouncedCallback(show, typingPauseMs)
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={t('letters.filter')}>
      <TextInput
        label={t('letters.workspace')}
        placeholder={t('letters.any')}
        dir="ltr"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          showSoon(event.currentTarget.value.trim())
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
