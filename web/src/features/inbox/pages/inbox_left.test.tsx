// Goal: nothing of the inbox outlives whom and what it was for.
import { useRouter } from '@tanstack/react-router'
import { act, cleanup, renderHook, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { useFilter } from '@/features/inbox/filter'
import { usual } from '@/features/inbox/pages/inbox_fixture'
import { InboxPage } from '@/features/inbox/pages/inbox_page'
import { At, giveSizes } from '@/features/inbox/testing'
import { clearSession, setSession } from '@/lib/session'
import { showPage, user } from '@/lib/testing'

beforeEach(() => {
  giveSizes()
  sessionStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

test('on a phone the next conversation does not open behind the contact of the one before', async () => {
  let router: ReturnType<typeof useRouter> | undefined
  function Page() {
    router = useRouter()
    return <InboxPage />
  }
  await showPage(<At address="/inbox/conversation-1" path="/inbox/{-$conversationId}" page={Page} />, { answers: usual })
  await userEvent.click(await screen.findByRole('button', { name: 'About this contact' }))
  expect(await screen.findByRole('dialog', { name: 'About this contact' })).toBeVisible()
  await act(() => router?.navigate({ to: '/inbox' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  await userEvent.click(await within(screen.getByRole('list', { name: 'Conversations' })).findByRole('link'))
  expect(await screen.findByRole('button', { name: 'About this contact' })).toBeVisible()
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('whoever logs in next in the same tab does not get the filter of the one before', () => {
  const logIn = (id: string, workspaceId: string) => {
    const workspace = { id: workspaceId, name: 'Shop', plan: 'free' as const }
    setSession({ token: 'token', expiresIn: 900, user: { ...user, id }, workspace, role: 'owner', roleName: 'owner' })
  }
  const open = () => renderHook(useFilter).result
  const leave = () => {
    cleanup()
    clearSession()
  }
  logIn('user-1', 'workspace-1')
  const mine = open()
  act(() => mine.current[1]({ status: 'open', tag: 'vip' }))
  leave()
  logIn('user-2', 'workspace-1')
  expect(open().current[0]).toEqual({ status: 'open' })
  leave()
  logIn('user-1', 'workspace-2')
  expect(open().current[0]).toEqual({ status: 'open' })
  leave()
  logIn('user-1', 'workspace-1')
  expect(open().current[0]).toEqual({ status: 'open', tag: 'vip' })
})
