import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, test } from 'vitest'

import { KeySheet } from '@/app/key_sheet'
import { TemplatePicker } from '@/features/templates'
import { showPage } from '@/lib/testing'

test.each([
  ['the sheet of keys', KeySheet],
  ['the templates', (props: { onClose: () => void }) => <TemplatePicker {...props} phoneNumberId="1" onChoose={() => undefined} />],
])('%s give the focus back to what had it', async (_, Sheet) => {
  function Page() {
    const [open, setOpen] = useState(false)
    return (
      <>
        <button onClick={() => setOpen(true)} />
        {open ? <Sheet onClose={() => setOpen(false)} /> : null}
      </>
    )
  }
  await showPage(<Page />, { answers: { 'GET /api/v1/templates': { templates: [], nextCursor: null } } })
  const button = screen.getByRole('button')
  await userEvent.click(button)
  const dialog = await screen.findByRole('dialog')
  expect(dialog).toBeVisible()
  await waitFor(() => expect(button).not.toHaveFocus())
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(button).toHaveFocus()
})
