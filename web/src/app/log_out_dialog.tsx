// Before a logout takes away what was written and not sent: how much it is, and the way back to it.
import { Anchor, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { Row, RowList } from '@/components/row_list'
import { listWritten, type Written } from '@/features/inbox'

const rowsMax = 5
const shownMax = 120

interface LogOutDialogProps {
  onLogOut: () => void
  onClose: () => void
}

export function LogOutDialog({ onLogOut, onClose }: LogOutDialogProps) {
  const { t } = useTranslation('app')
  const [written] = useState(listWritten)
  const nothing = written.length === 0
  useEffect(() => {
    if (nothing) onLogOut()
  }, [nothing, onLogOut])
  if (nothing) return null
  const count = (kind: Written['kind']) => written.filter((one) => one.kind === kind).length
  const [unsent, drafts] = [count('unsent'), count('draft')]
  const rest = written.length - rowsMax
  return (
    <Dialog title={t('logOut.title')} onClose={onClose}>
      <Stack>
        <div>
          {unsent > 0 ? <Text fw={600}>{t('logOut.unsent', { count: unsent })}</Text> : null}
          {drafts > 0 ? <Text fw={600}>{t('logOut.drafts', { count: drafts })}</Text> : null}
        </div>
        <RowList label={t('logOut.list')}>
          {written.slice(0, rowsMax).map((one, index) => (
            <Row key={index} title={<Way to={one} onGone={onClose} />} about={one.conversationId === null ? t('logOut.elsewhere') : null} />
          ))}
        </RowList>
        {rest > 0 ? (
          <Text size="sm" c="dimmed">
            {t('logOut.more', { count: rest })}
          </Text>
        ) : null}
        <Text size="sm">{t('logOut.about')}</Text>
        <DialogButtons act={t('logOut.discard')} pending={false} failure={null} onAct={onLogOut} onClose={onClose} danger />
      </Stack>
    </Dialog>
  )
}

/** What it says, leading to its conversation. */
function Way({ to: { text, conversationId }, onGone }: { to: Written; onGone: () => void }) {
  const navigate = useNavigate()
  const shown = <bdi>{text.length > shownMax ? `${text.slice(0, shownMax)}…` : text}</bdi>
  if (conversationId === null) return shown
  const go = () => {
    onGone()
    void navigate({ to: `/inbox/${conversationId}` })
  }
  return (
    <Anchor component="button" type="button" size="sm" ta="start" onClick={go}>
      {shown}
    </Anchor>
  )
}
