// Goal: on a page that is read from the right, Latin names stand at the right, where its other lines
// begin. Method: how far the words are from the edge of what holds them.
import type { Locator } from '@playwright/test'

import { enter, expect, look, test } from './support/test'

const gapAtTheRight = (line: Locator) =>
  line.evaluate((element) => {
    const words = document.createRange()
    words.selectNodeContents(element)
    return Math.round(element.getBoundingClientRect().right - words.getBoundingClientRect().right)
  })

test('Latin names stand where the lines of an Arabic page begin', async ({ page, stack }) => {
  await look(page, { language: 'ar' })
  await enter(page, stack.owner)
  await page.goto('/app/inbox')
  const name = page.getByText('Rosa Martínez', { exact: true }).first()
  await expect(name).toBeVisible()
  expect(await gapAtTheRight(name)).toBe(0)

  await page.goto('/app/settings/audit-log')
  const actor = page.getByRole('main').locator('bdi', { hasText: 'Olga Owner' }).first()
  await expect(actor).toBeVisible()
  expect(await gapAtTheRight(actor)).toBe(0)
})
