// Keys that work on every page: going places, the sheet of all keys, the palette for pages and people.
import '@mantine/spotlight/styles.css'

import { Spotlight, spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { IconKeyboard, IconMessage, IconSearch, IconUser } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useReducer, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { KeySheet } from '@/app/key_sheet'
import { isMenuEntry, pages } from '@/app/pages'
import { paths } from '@/config/paths'
import { contactLabel, contactSearchQuery } from '@/features/contacts'
import { hitsOf, isMessageHit, offeredShortcuts, runShortcut, searchQuery, shortcuts, useShortcuts } from '@/features/inbox'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'

const typingPauseMs = 200
const searchedFrom = 2
const messagesMax = 8
const paletteClosesMs = 250

export function Keyboard() {
  const navigate = useNavigate()
  const [sheet, setSheet] = useState(false)
  const seesContacts = useAllowed('viewContacts')
  const go = (to: string) => () => void navigate({ to })
  useShortcuts({
    palette: () => spotlight.open(),
    help: () => setSheet(true),
    ...(seesContacts ? { goInbox: go(paths.inbox), goContacts: go(paths.contacts) } : {}),
  })
  return (
    <>
      {sheet ? <KeySheet onClose={() => setSheet(false)} /> : null}
      <Palette />
    </>
  )
}

function Palette() {
  const { t } = useTranslation('inbox')
  const [search, setSearch] = useState('')
  const [, lookAgain] = useReducer((count: number) => count + 1, 0) // what can be done depends on what is open
  const [wanted] = useDebouncedValue(search.trim(), typingPauseMs)
  const groups = [useConversationActions(), usePageActions(), usePeopleActions(wanted), useMessageActions(wanted)]
  return (
    <Spotlight
      shortcut={null}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={search}
      onQueryChange={setSearch}
      onSpotlightOpen={lookAgain}
      nothingFound={t('palette.nothing')}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  )
}

/** What the keys of an open conversation do, for who does not know them. */
function useConversationActions(): SpotlightActionGroupData {
  const { t } = useTranslation('inbox')
  const offered = offeredShortcuts().filter((id) => shortcuts[id].group === 'conversation')
  const actions = offered.map((id) => ({
    id: `shortcut-${id}`,
    label: t(`keys.${id}`),
    leftSection: <IconKeyboard size={18} stroke={1.6} aria-hidden />,
    // The palette gives the focus back first.
    onClick: () => setTimeout(() => runShortcut(id), paletteClosesMs),
  }))
  return { group: t('palette.acts'), actions }
}

function useMessageActions(wanted: string): SpotlightActionGroupData {
  const { t } = useTranslation('inbox')
  const allowed = useAllowed('viewContacts') && wanted.length >= searchedFrom
  const navigate = useNavigate()
  const { data } = useInfiniteQuery({ ...searchQuery(wanted, 'message'), enabled: allowed })
  const actions = hitsOf(data).filter(isMessageHit).slice(0, messagesMax).map(({ contact, message }) => ({
    id: message.id,
    label: contactLabel(contact),
    description: message.snippet.map(({ text }) => text).join(''),
    keywords: wanted,
    leftSection: <IconMessage size={18} stroke={1.6} aria-hidden />,
    onClick: () => void navigate({ to: `/inbox/${message.conversationId}`, search: { message: message.id } }),
  }))
  return { group: t('palette.messages'), actions: allowed ? actions : [] }
}

function usePageActions(): SpotlightActionGroupData {
  const { t } = useTranslation(['inbox', 'app'])
  const { data: me } = useMe()
  const navigate = useNavigate()
  const actions = pages
    .filter(isMenuEntry)
    .filter(({ permission }) => !permission || me?.permissions.includes(permission))
    .map(({ path, menu }) => ({
      id: path,
      label: t(`app:menu.${menu.label}`),
      leftSection: <menu.icon size={18} stroke={1.6} aria-hidden />,
      onClick: () => void navigate({ to: path }),
    }))
  return { group: t('inbox:palette.pages'), actions }
}

function usePeopleActions(wanted: string): SpotlightActionGroupData {
  const { t } = useTranslation('inbox')
  const allowed = useAllowed('viewContacts')
  const navigate = useNavigate()
  const { data } = useQuery({ ...contactSearchQuery(wanted), enabled: allowed && wanted.length >= searchedFrom })
  const actions = (data?.contacts ?? []).map((contact) => ({
    id: contact.id,
    label: contactLabel(contact),
    description: contact.phone ?? undefined,
    // The server has found them; the palette's own filter must not lose them.
    keywords: wanted,
    leftSection: <IconUser size={18} stroke={1.6} aria-hidden />,
    onClick: () => void navigate({ to: `/contacts/${contact.id}` }),
  }))
  return { group: t('palette.people'), actions: wanted.length >= searchedFrom ? actions : [] }
}
