import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { textTo, useDropShown, usePending, useSend } from '@/features/inbox/api/send'
import { conversation } from '@/features/inbox/testing_data'
import { setSession } from '@/lib/session'
import { user } from '@/lib/testing'

const sent = { success: true, messageId: 'message-9', conversationId: 'conversation-1', status: 'sent' }
let client: QueryClient
let asked: string[]

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
  client = new QueryClient()
  asked = []
  setSession({ token: 'token', expiresIn: 900, user, workspace: { id: 'workspace-1', name: 'Shop', plan: 'free' }, role: 'owner', roleName: 'owner' })
})
afterEach(() => vi.useRealTimers())

const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>
const answerWith = (answer: (text: string) => unknown) => {
  globalThis.fetch = (async (request: Request) => {
    const { body } = (await request.json()) as { body: string }
    asked.push(body)
    return Response.json(await answer(body))
  }) as typeof fetch
}
const use = () => ({ send: useSend('conversation-1'), pending: usePending('conversation-1') })

test('a request that hangs ends, and lets the next one go', async () => {
  answerWith((text) => (text === 'One' ? new Promise(() => undefined) : sent))
  const { result } = renderHook(use, { wrapper })
  act(() => result.current.send.mutate(textTo(conversation(), 'One')))
  act(() => result.current.send.mutate(textTo(conversation(), 'Two')))
  await act(() => vi.advanceTimersByTimeAsync(1_000))
  expect(asked).toEqual(['One'])
  await act(() => vi.advanceTimersByTimeAsync(30_000))
  expect(asked).toEqual(['One', 'Two'])
  expect(result.current.pending[0]?.failure).toMatchObject({ code: 'offline' })
})

test('what is pending stays the same list while nothing changes', async () => {
  answerWith(() => new Promise(() => undefined))
  const { result, rerender } = renderHook(use, { wrapper })
  act(() => result.current.send.mutate(textTo(conversation(), 'One')))
  await act(() => vi.advanceTimersByTimeAsync(1_000))
  const before = result.current.pending
  expect(before).toHaveLength(1)
  rerender()
  expect(result.current.pending).toBe(before)
})

test('what the thread shows is not kept beside it', async () => {
  answerWith(() => sent)
  const { result } = renderHook(use, { wrapper })
  act(() => result.current.send.mutate(textTo(conversation(), 'One')))
  await act(() => vi.advanceTimersByTimeAsync(1_000))
  expect(result.current.pending[0]?.messageId).toBe('message-9')
  renderHook(() => useDropShown(result.current.pending), { wrapper })
  expect(client.getMutationCache().getAll()).toEqual([])
})
