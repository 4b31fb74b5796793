// Keeps the page on live events: what the server tells is put where it is shown, and told to who wants it.
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { contactLabel } from '@/features/contacts'
import { applyEvent, forgetConversation, pullAll } from '@/features/inbox'
import { useMessagePreview } from '@/features/messages'
import { startLive } from '@/lib/live/live'
import type { LiveEvent } from '@/lib/live/protocol'
import { useLiveEvents } from '@/lib/live/use_live'
import { useMe } from '@/lib/me'
import { chime, showNotice, useNoticeSettings } from '@/lib/notices'
import { workspaceQuery } from '@/lib/workspace'

const fetchAgainMs = 5_000
const toldMax = 500

export function LiveEvents() {
  const client = useQueryClient()
  const notify = useNotify()
  const fetchAll = useFetchAll(client)
  useEffect(startLive, [])
  useLiveEvents({
    onEvent: (event) => {
      applyEvent(client, event)
      if (event.type === 'conversation.removed') forgetConversation(event.data.id)
      if (event.type === 'number.changed') void client.invalidateQueries({ queryKey: workspaceQuery.queryKey })
      if (event.type === 'message.created') notify(event)
    },
    onMissed: fetchAll,
  })
  return null
}

/** Everything anew, until it has worked once. */
function useFetchAll(client: QueryClient): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return function fetchAll() {
    clearTimeout(timer.current)
    pullAll(client).catch(() => {
      timer.current = setTimeout(fetchAll, fetchAgainMs)
    })
  }
}

/** Tells of a customer's message in a conversation that is mine or nobody's, unless it is being looked at. */
function useNotify(): (event: LiveEvent & { type: 'message.created' }) => void {
  const { data: me } = useMe()
  const [settings] = useNoticeSettings()
  const preview = useMessagePreview()
  const router = useRouter()
  const navigate = useNavigate()
  const told = useRef(new Set<string>()) // an event may come twice
  return ({ data: { message, conversation } }) => {
    const { id, assigneeId, contact } = conversation
    const isMine = assigneeId === null || assigneeId === me?.user.id
    if (message.direction !== 'inbound' || !isMine || told.current.has(message.id)) return
    if (told.current.size >= toldMax) told.current.clear()
    told.current.add(message.id)
    const path = `/inbox/${id}`
    if (document.hasFocus() && router.state.location.pathname === path) return
    if (settings.sound) void chime().catch(() => undefined) // a page that was not clicked yet makes no sound
    if (settings.desktop) {
      showNotice({ key: id, title: contactLabel(contact), text: preview(message), onClick: () => void navigate({ to: path }) })
    }
  }
}
