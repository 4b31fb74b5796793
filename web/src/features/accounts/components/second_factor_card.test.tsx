import { focusManager } from '@tanstack/react-query'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'

import { SecondFactorCard } from '@/features/accounts/components/second_factor_card'
import { showPage } from '@/lib/testing'

const state = 'GET /api/v1/auth/second-factor'

afterEach(() => focusManager.setFocused(undefined))

test('recovery codes stay until somebody says that they are kept', async () => {
  let enabled = false
  const { of } = await showPage(<SecondFactorCard />, {
    answers: {
      [state]: () => ({ enabled, recoveryCodesLeft: enabled ? 2 : 0 }),
      'POST /api/v1/auth/second-factor/enrol': { secret: 'SECRET', otpauthUri: 'otpauth://totp/wApi?secret=SECRET' },
      'POST /api/v1/auth/second-factor/confirm': () => {
        enabled = true
        return { recoveryCodes: ['first-code', 'second-code'] }
      },
    },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Turn it on' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText(/^Current password/, { selector: 'input' }), 'a password')
  await userEvent.click(dialog.getByRole('button', { name: 'Next' }))
  await userEvent.type(await dialog.findByLabelText(/^Code that the app shows now/), '123456')
  await userEvent.click(dialog.getByRole('button', { name: 'Turn it on' }))
  expect(await dialog.findByText('first-code')).toBeVisible()

  // To the password manager, and back.
  const asked = of('GET').length
  focusManager.setFocused(false)
  focusManager.setFocused(true)
  await waitFor(() => expect(of('GET').length).toBeGreaterThan(asked))
  expect(await screen.findByText('2 recovery codes left')).toBeInTheDocument()
  expect(screen.getByText('second-code')).toBeVisible()

  await userEvent.keyboard('{Escape}')
  expect(screen.getByText('first-code')).toBeVisible()
  expect(dialog.queryByRole('button', { name: 'Close' })).toBeNull()
  await userEvent.click(dialog.getByRole('button', { name: /kept/ }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(screen.getByRole('button', { name: 'Turn it off' })).toHaveFocus()
})
