// The folders of the inbox and the saved views, with how many conversations wait in each.
import { ActionIcon, Menu, NavLink, Text } from '@mantine/core'
import {
  IconAlarm, IconBookmark, IconCircleCheck, IconDots, IconInbox, IconMail, IconPencil, IconTrash, IconUser, IconUserOff, IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ConfirmDialog } from '@/components/confirm_dialog'
import { countsQuery } from '@/features/inbox/api/conversations'
import { useRemoveView, viewsQuery, type View } from '@/features/inbox/api/views'
import classes from '@/features/inbox/components/folders.module.css'
import { RenameViewDialog } from '@/features/inbox/components/view_dialogs'
import { folderNames, folderOf, folders, isSameFilter, useFilter, type Folder, type ListFilter } from '@/features/inbox/filter'
import { useAllowed } from '@/lib/permissions'

const icons: Record<Folder, Icon> = {
  mine: IconUser,
  unassigned: IconUserOff,
  all: IconInbox,
  unread: IconMail,
  snoozed: IconAlarm,
  resolved: IconCircleCheck,
}

/** Folders that somebody has a use for: who sees only their own conversations has none of other people's. */
export function useFolders(): Folder[] {
  const seesAll = useAllowed('viewAllConversations')
  const { data: counts } = useQuery(countsQuery)
  // Not exact: what was not counted may be nobody's.
  const shares = seesAll || counts?.exact === false || (counts?.unassigned ?? 0) > 0
  return folderNames.filter((name) => shares || (name !== 'mine' && name !== 'unassigned'))
}

/** Such as "1,204", or "1,000+" when the server has counted no further. Empty for none. */
export function useFolderCount(): (folder: Folder) => string {
  const { i18n } = useTranslation()
  const { data: counts } = useQuery(countsQuery)
  return (folder) => {
    const count = folder === 'resolved' ? 0 : (counts?.[folder] ?? 0)
    return count === 0 ? '' : new Intl.NumberFormat(i18n.language).format(count) + (counts?.exact ? '' : '+')
  }
}

interface FoldersProps {
  onChoose?: (filter: ListFilter) => void
  /** Only to choose from: views are renamed and deleted in the menu at the side. */
  plain?: boolean
}

export function Folders({ onChoose, plain = false }: FoldersProps) {
  const { t } = useTranslation('inbox')
  const [filter, setFilter] = useFilter()
  const views = useQuery(viewsQuery).data ?? []
  const names = useFolders()
  const countOf = useFolderCount()
  const choose = (next: ListFilter) => {
    setFilter(next)
    onChoose?.(next)
  }
  const ofView = views.find((view) => isSameFilter(view.filter, filter))
  const current = ofView ? null : folderOf(filter)
  return (
    <div role="group" aria-label={t('folders.name')} className={`${classes.folders} ${plain ? classes.plain : ''}`}>
      {names.map((name) => {
        const FolderIcon = icons[name]
        return (
          <NavLink
            key={name}
            component="button"
            label={t(`folders.${name}`)}
            leftSection={<FolderIcon size={15} stroke={1.6} aria-hidden />}
            rightSection={<Text size="xs" c="dimmed">{countOf(name)}</Text>}
            active={current === name}
            aria-pressed={current === name}
            onClick={() => choose(folders[name])}
          />
        )
      })}
      {views.length > 0 ? (
        <Text size="xs" c="dimmed" fw={600} px="sm" pt="xs" pb={2}>
          {t('views.title')}
        </Text>
      ) : null}
      {views.map((view) => (
        <ViewLink key={view.id} view={view} plain={plain} active={view === ofView} onChoose={() => choose(view.filter)} />
      ))}
    </div>
  )
}

function ViewLink({ view, plain, active, onChoose }: { view: View; plain: boolean; active: boolean; onChoose: () => void }) {
  const { t } = useTranslation('inbox')
  const mayShare = useAllowed('assignConversations')
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null)
  const remove = useRemoveView(view.id)
  const SharedIcon = view.shared ? IconUsers : IconBookmark
  return (
    <div className={classes.view}>
      <NavLink
        component="button"
        label={<bdi>{view.name}</bdi>}
        leftSection={<SharedIcon size={15} stroke={1.6} role="img" aria-label={t(view.shared ? 'views.shared' : 'views.own')} />}
        active={active}
        aria-pressed={active}
        onClick={onChoose}
      />
      {plain || (view.shared && !mayShare) ? null : (
        <Menu position="bottom-end" transitionProps={{ duration: 80 }}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" className={classes.acts} aria-label={t('views.acts', { name: view.name })}>
              <IconDots size={14} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={14} aria-hidden />} onClick={() => setDialog('rename')}>
              {t('views.rename')}
            </Menu.Item>
            <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setDialog('remove')}>
              {t('views.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {dialog === 'rename' ? <RenameViewDialog view={view} onClose={() => setDialog(null)} /> : null}
      {dialog === 'remove' ? (
        <ConfirmDialog
          title={t('views.removeQuestion', { name: view.name })}
          text={t(view.shared ? 'views.removeShared' : 'views.removeOwn')}
          act={t('views.remove')}
          pending={remove.isPending}
          failure={remove.error}
          onConfirm={() => remove.mutate(undefined, { onSuccess: () => setDialog(null) })}
          onClose={() => setDialog(null)}
        />
      ) : null}
    </div>
  )
}
