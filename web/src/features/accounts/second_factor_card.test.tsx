// Goal: nobody loses the recovery codes before they are kept. Method: the card, with a server that says at the
// next look that the second factor is on.
import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { SecondFactorCard } from '@/features/accounts/components/second_factor_card'
import { showPage } from '@/lib/testing'

const statePath = 'GET /api/v1/auth/second-factor'
const lookAgain = () => act(() => void window.dispatchEvent(new Event('visibilitychange')))

async function turnOn() {
  let enabled = false
  const shown = await showPage(<SecondFactorCard />, {
    answers: {
      [statePath]: () => ({ enabled, recoveryCodesLeft: enabled ? 2 : 0 }),
      'POST /api/v1/auth/second-factor/enrol': { secret: 'SECRET', otpauthUri: 'otpauth://totp/wApi' },
      'POST /api/v1/auth/second-factor/confirm': () => {
        enabled = true
        return { recoveryCodes: ['aaaa-bbbb', 'cccc-dddd'] }
      },
    },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Turn it on' }))
  await userEvent.type(await screen.findByLabelText(/Current password/), 'password{Enter}')
  await userEvent.type(await screen.findByRole('textbox', { name: /Code/ }), '123456{Enter}')
  await screen.findByText('aaaa-bbbb')
  const looks = () => shown.of('GET').filter(({ path }) => statePath.endsWith(path)).length
  return { looks }
}

test('the recovery codes stay while one is in another window to keep them', async () => {
  const { looks } = await turnOn()
  lookAgain()
  await waitFor(() => expect(looks()).toBe(2))
  await screen.findByText('On')
  expect(screen.getByText('aaaa-bbbb')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'I have kept them' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('the recovery codes go by their button only', async () => {
  await turnOn()
  await userEvent.keyboard('{Escape}')
  expect(screen.getByText('aaaa-bbbb')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Close' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'I have kept them' }))
  await waitFor(() => expect(screen.queryByText('aaaa-bbbb')).toBeNull())
})
