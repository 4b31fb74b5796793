// Goal: what is shown outlives a failure of looking again, but not the word that it is gone.
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { QueryView } from '@/components/query_view'
import { ApiError } from '@/lib/api_error'
import { showPage } from '@/lib/testing'

const show = (error: Error) =>
  showPage(<QueryView query={{ data: 'What it holds', error, isPending: false, refetch: () => undefined }}>{(data) => data}</QueryView>, { answers: {} })

test.each([
  ['not there', new ApiError('not_found', '', 404)],
  ['not to be seen any more', new ApiError('forbidden', '', 403)],
])('what is %s is not shown from memory', async (_, failure) => {
  await show(failure)
  expect(await screen.findByRole('heading')).toBeVisible()
  expect(screen.queryByText('What it holds')).toBeNull()
})

test.each([
  ['the server has a problem', new ApiError('internal_error', '', 500)],
  ['the workspace is suspended', new ApiError('workspace_suspended', '', 403)],
])('it stays when %s', async (_, failure) => {
  await show(failure)
  expect(await screen.findByText('What it holds')).toBeVisible()
})
