import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import { ActDialog, type WantedAct } from '@/features/queues/components/act_dialog'
import type { Acted } from '@/features/queues/components/act_results'
import type { Desk, Letter } from '@/features/queues/desk'
import { showPage } from '@/lib/testing'

test('what is cancelled while it runs goes no further, and says what was done', async () => {
  const letters = Array.from({ length: 250 }, (_, at) => ({ id: String(at) }) as Letter)
  const answers: (() => void)[] = []
  const ask: Desk['act'] = (_, ids) =>
    new Promise((resolve) => answers.push(() => resolve({ results: ids.map((id) => ({ id, error: null })) })))
  const desk = { key: ['desk'], act: ask } as unknown as Desk
  const onDone = vi.fn<(acted: Acted) => void>()
  const onClose = vi.fn()
  await showPage(<ActDialog desk={desk} wanted={{ act: 'discard', letters }} onDone={onDone} onClose={onClose} />, { answers: {} })
  await userEvent.click(await screen.findByRole('button', { name: 'Discard' }))
  await waitFor(() => expect(answers).toHaveLength(1))
  act(() => answers[0]?.())
  await waitFor(() => expect(answers).toHaveLength(2))
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  act(() => answers[1]?.())
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1))
  expect(onDone.mock.calls[0]?.[0].results).toHaveLength(200)
  expect(answers).toHaveLength(2)
  expect(onClose).not.toHaveBeenCalled()
})

test('before it runs, cancelling closes', async () => {
  const onClose = vi.fn()
  const wanted: WantedAct = { act: 'replay', letters: [{ id: '1' } as Letter] }
  await showPage(<ActDialog desk={{ key: ['desk'] } as unknown as Desk} wanted={wanted} onDone={vi.fn()} onClose={onClose} />, { answers: {} })
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }))
  expect(onClose).toHaveBeenCalledTimes(1)
})
