// Goal: a note is added once, and neither it nor whom it mentions is lost or doubled. Method: the page with answers that
// come late, or not at all, and keys that come fast.
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { choose, note, openThread } from '@/features/inbox/pages/inbox_fixture'
import { giveSizes, later, watchKeys, withoutWaiting } from '@/features/inbox/testing'
import { forgetOwn } from '@/lib/own_storage'
import { clearSession } from '@/lib/session'
import { failure } from '@/lib/testing'

const notePath = 'POST /api/v1/conversations/*/notes'

beforeEach(() => {
  giveSizes()
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(() => vi.restoreAllMocks())

const noteField = async () => {
  await screen.findByRole('article')
  await userEvent.keyboard('n')
  return screen.findByRole('textbox', { name: 'Note' })
}

describe('a note', () => {
  test('of which it is not known whether it arrived is added once, also after a reload', async () => {
    let answer: () => unknown = () => Promise.reject(new TypeError('down'))
    const answers = { [notePath]: () => answer() }
    await openThread(answers)
    const before = watchKeys()
    await userEvent.type(await noteField(), 'Call her{Enter}')
    await waitFor(() => expect(before).toHaveLength(1))
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Note' })).toHaveValue('Call her'))
    cleanup()
    answer = () => note
    await openThread(answers)
    const after = watchKeys()
    await userEvent.type(await noteField(), '{Enter}')
    await waitFor(() => expect(after).toEqual(before))
    await waitFor(() => expect(JSON.stringify({ ...localStorage })).not.toContain('Call her'))
    await userEvent.type(screen.getByRole('textbox', { name: 'Note' }), 'Call her{Enter}') // meant a second time
    await waitFor(() => expect(after).toHaveLength(2))
    expect(after[1]).not.toBe(after[0])
  })

  test('begun while another is added stays', async () => {
    const added = later()
    const { of } = await openThread({ [notePath]: added.get })
    const field = await noteField()
    await userEvent.type(field, 'Call her{Enter}')
    await waitFor(() => expect(of('POST')).toHaveLength(1))
    await userEvent.type(field, 'Second')
    await added.give(note)
    expect(await screen.findByRole('article', { name: 'Your note' })).toBeVisible()
    expect(field).toHaveValue('Second')
  })

  test('that is added while one writes an answer does not come back', async () => {
    const added = later()
    const { of } = await openThread({ [notePath]: added.get })
    await userEvent.type(await noteField(), 'Call her{Enter}')
    await waitFor(() => expect(of('POST')).toHaveLength(1))
    await choose('Reply')
    await added.give(note)
    await screen.findByRole('article', { name: 'Your note' })
    await choose('Note')
    expect(await screen.findByRole('textbox', { name: 'Note' })).toHaveValue('')
  })

  test('that fails while one writes an answer is told and put back', async () => {
    const added = later()
    const { of } = await openThread({ [notePath]: added.get })
    await userEvent.type(await noteField(), 'Ask @luci')
    await userEvent.click(await screen.findByRole('option', { name: /Lucía Vega/ }))
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(of('POST')).toHaveLength(1))
    await choose('Reply')
    await added.give(failure(409, 'number_not_able'))
    expect(await screen.findByText(/cannot send/)).toBeVisible()
    await choose('Note')
    const field = await screen.findByRole('textbox', { name: 'Note' })
    expect(field).toHaveValue('Ask @Lucía Vega')
    await userEvent.type(field, '{Enter}')
    await waitFor(() => expect(of('POST')).toHaveLength(2))
    expect(of('POST')[1]?.body).toEqual({ text: 'Ask @Lucía Vega', mentions: ['user-2'] })
  })

  test('is added by the Enter that follows the one that chose whom it mentions, however fast', async () => {
    const { of } = await openThread({ [notePath]: note })
    const field = await noteField()
    await userEvent.type(field, 'Ask @luci')
    await screen.findByRole('option', { name: /Lucía Vega/ })
    await withoutWaiting(async () => {
      for (const value of ['Ask @Lucía Vega ', '']) {
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true }))
        await Promise.resolve() // what was drawn for the key is there; what follows from it is not
        expect(field).toHaveValue(value)
      }
    })
    await waitFor(() => expect(of('POST')[0]?.body).toEqual({ text: 'Ask @Lucía Vega', mentions: ['user-2'] }))
    expect(of('POST')).toHaveLength(1)
  })

  test('mentions who was chosen, not another whose name has theirs in it', async () => {
    const assignees = ['Lucia', 'Lucia Paz'].map((name) => ({ id: name, name, roleName: 'agent' }))
    const { of } = await openThread({ [notePath]: note, 'GET /api/v1/conversations/*/mentionable': { assignees, nextCursor: null } })
    const field = await noteField()
    await userEvent.type(field, 'Ask @luci')
    await userEvent.click(await screen.findByRole('option', { name: /^Lucia agent/i }))
    expect(field).toHaveValue('Ask @Lucia ')
    await waitFor(() => expect(screen.queryByRole('option')).toBeNull())
    await userEvent.keyboard('{Enter}')
    await waitFor(() => expect(of('POST').map(({ body }) => body)).toEqual([{ text: 'Ask @Lucia', mentions: ['Lucia'] }]))
  })

  test('is not added by the Enter that ends a composition', async () => {
    const { of } = await openThread({ [notePath]: note })
    const field = await noteField()
    await userEvent.type(field, 'こんにちは')
    fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
    fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 }) // as Safari tells of it
    expect(field).toHaveValue('こんにちは')
    expect(of('POST')).toEqual([])
  })

  describe('whose session ended before the answer', () => {
    /** Sends it, ends the session, lets it be refused, and shows the page to the same person again. */
    const endWhileAdding = async (end: () => void) => {
      const added = later()
      const first = await openThread({ [notePath]: added.get })
      await userEvent.type(await noteField(), 'Ask @luci')
      await userEvent.click(await screen.findByRole('option', { name: /Lucía Vega/ }))
      await userEvent.keyboard('{Enter}')
      await waitFor(() => expect(first.of('POST')).toHaveLength(1))
      act(end)
      await added.give(failure(401, 'session_ended'))
      await screen.findByText('This did not work')
      cleanup()
      return openThread({ [notePath]: note })
    }

    test('is there at the next login, with whom it mentions', async () => {
      const { of } = await endWhileAdding(() => clearSession(true))
      const field = await noteField()
      expect(field).toHaveValue('Ask @Lucía Vega')
      await userEvent.type(field, '{Enter}')
      await waitFor(() => expect(of('POST')[0]?.body).toEqual({ text: 'Ask @Lucía Vega', mentions: ['user-2'] }))
    })

    test('by a logout does not come back', async () => {
      await endWhileAdding(() => {
        forgetOwn()
        clearSession()
      })
      expect(await noteField()).toHaveValue('')
      expect(JSON.stringify({ ...localStorage })).not.toContain('Lucía')
    })
  })

  test('that is too long says so', async () => {
    await openThread()
    const field = await noteField()
    await userEvent.click(field)
    await userEvent.paste('ध'.repeat(2_731))
    expect(await screen.findByText(/This note is too long/)).toBeVisible()
    expect(screen.getByRole('button', { name: 'Add the note' })).toBeDisabled()
  })
})
