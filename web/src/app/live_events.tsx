// Keeps the page on live events: what the server tells is put where it is shown, and told to who wants it.
import { notifyManager, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { contactLabel } from '@/features/contacts'
import { applyEvent, forgetConversation, pullAll } from '@/features/inbox'
import { useMessagePreview } from '@/features/messages'
import { ApiError } from '@/lib/api_error'
import { startLive } from '@/lib/live/live'
import type { LiveEvent } from '@/lib/live/protocol'
import { renewQueries, resetWorkspace } from '@/lib/live/renew'
import { useLiveEvents } from '@/lib/live/use_live'
import { meQuery, useMe } from '@/lib/me'
import { chime, showNotice, useNoticeSettings } from '@/lib/notices'
import { workspaceQuery } from '@/lib/workspace'

const fetchAgainMs = 5_000
const toldMax = 500
const rightsChanged = 'rights_changed'

export function LiveEvents() {
  const client = useQueryClient()
  const notify = useNotify()
  const fetchAnew = useFetchAnew(client)
  useEffect(startLive, [])
  useLiveEvents({
    onEvent: (event) => {
      applyEvent(client, event)
      if (event.type === 'conversation.removed') forgetConversation(event.data.id)
      if (event.type === 'number.changed') void client.invalidateQueries({ queryKey: workspaceQuery.queryKey })
      if (event.type === 'message.created') notify(event)
    },
    onMissed: fetchAnew,
  })
  return null
}

/** Everything anew, until it has worked once. Of many who are told so together each waits for its own while. */
function useFetchAnew(client: QueryClient): (reason?: string, spreadMs?: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const waits = useRef<string>(undefined) // why the timer runs
  const spreads = useRef(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  return function run(reason?: string, spreadMs = 0) {
    const why = waits.current === rightsChanged ? rightsChanged : (reason ?? waits.current)
    const mayWait = spreadMs > 0 && why !== rightsChanged
    if (mayWait && spreads.current) return // whoever is told again and again would never come to it
    clearTimeout(timer.current)
    spreads.current = mayWait
    waits.current = mayWait ? why : undefined
    if (mayWait) {
      timer.current = setTimeout(run, Math.random() * spreadMs)
      return
    }
    fetchAnew(client, why).catch((failure: unknown) => {
      if (failure instanceof ApiError && !failure.transient) return // it would fail again
      clearTimeout(timer.current)
      spreads.current = false
      waits.current = waits.current === rightsChanged ? rightsChanged : why
      timer.current = setTimeout(run, fetchAgainMs)
    })
  }
}

/** Whose rights are others now keeps nothing of what was seen before. They may have changed while one was away, too. */
async function fetchAnew(client: QueryClient, reason: string | undefined): Promise<void> {
  const allowed = () => client.getQueryData(meQuery.queryKey)?.permissions.join()
  const before = allowed()
  if (reason !== undefined) await renewMe(client)
  if (reason === rightsChanged || allowed() !== before) await resetWorkspace(client)
  else await Promise.all([pullAll(client), renewQueries(client, { queryKey: workspaceQuery.queryKey })]) // it tells of numbers
}

/** Comes back when the page has become what one may see now: what it shows no more must not be asked for. */
async function renewMe(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: meQuery.queryKey }, { throwOnError: true })
  await new Promise<void>((drawn) => notifyManager.schedule(drawn))
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
