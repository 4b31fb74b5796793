// All quick replies one may use; those that one may change can be edited and deleted.
import { Badge, Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPencil, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { Dialog } from '@/components/dialog'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { Row, RowList } from '@/components/row_list'
import { RowMenu } from '@/components/row_menu'
import { EmptyState } from '@/components/states'
import { quickRepliesQuery, useRemoveQuickReply, type QuickReply } from '@/features/quick_replies/api/quick_replies'
import { EditDialog } from '@/features/quick_replies/components/edit_dialog'
import { useAllowed } from '@/lib/permissions'

const typingPauseMs = 200

export function ManageDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('quick_replies')
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), typingPauseMs)
  const query = useInfiniteQuery(quickRepliesQuery(wanted))
  const [editing, setEditing] = useState<QuickReply | 'new' | null>(null)
  const [removing, setRemoving] = useState<QuickReply | null>(null)
  const mayShare = useAllowed('assignConversations')
  return (
    <Dialog title={t('title')} size="lg" onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('about')}
        </Text>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            type="search"
            style={{ flex: 1 }}
            data-autofocus
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            {t('new')}
          </Button>
        </Group>
        <QueryView
          query={query}
          empty={{
            when: (replies) => replies.length === 0,
            show: <EmptyState title={t(wanted === '' ? 'empty' : 'none')} text={wanted === '' ? t('emptyText') : undefined} />,
          }}
        >
          {(replies) => (
            <>
              <RowList label={t('title')}>
                {replies.map((reply) => (
                  <Row
                    key={reply.id}
                    title={<bdi>/{reply.shortcut}</bdi>}
                    badges={<Badge size="xs" variant="light" color="gray">{t(reply.shared ? 'shared' : 'own')}</Badge>}
                    about={<Text size="xs" lineClamp={2} dir="auto">{reply.text}</Text>}
                    aside={
                      reply.shared && !mayShare ? null : (
                        <RowMenu name={`/${reply.shortcut}`}>
                          <Menu.Item leftSection={<IconPencil size={14} aria-hidden />} onClick={() => setEditing(reply)}>
                            {t('edit')}
                          </Menu.Item>
                          <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setRemoving(reply)}>
                            {t('remove')}
                          </Menu.Item>
                        </RowMenu>
                      )
                    }
                  />
                ))}
              </RowList>
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Stack>
      {editing ? <EditDialog reply={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} /> : null}
      {removing ? <RemoveDialog reply={removing} onClose={() => setRemoving(null)} /> : null}
    </Dialog>
  )
}

function RemoveDialog({ reply: { id, shortcut }, onClose }: { reply: QuickReply; onClose: () => void }) {
  const { t } = useTranslation('quick_replies')
  const remove = useRemoveQuickReply(id)
  return (
    <ConfirmDialog
      title={t('removeQuestion', { shortcut })}
      text={t('removeText')}
      act={t('remove')}
      pending={remove.isPending}
      failure={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
