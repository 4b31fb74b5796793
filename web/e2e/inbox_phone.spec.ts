// Goal: on a phone nothing stands in the way of what one does. Method: the size of one, by touch.
import { enter, expect, look, phone, test } from './support/test'

test.use({ hasTouch: true })

test('notices leave the field free, and a folder leads back to the list', async ({ page, stack }) => {
  await look(page, { size: phone })
  await enter(page, stack.owner)
  await page.goto(`/app/inbox/${stack.conversationId}`)
  await page.getByRole('button', { name: 'Snooze' }).tap()
  await page.getByRole('menuitem', { name: /^Tomorrow/ }).tap()
  const notice = page.getByRole('alert').filter({ hasText: 'Snoozed until' })
  await expect(notice).toBeVisible()
  const field = page.getByRole('textbox', { name: 'Message', exact: true })
  const [above, below] = [await notice.boundingBox(), await field.boundingBox()]
  expect((above?.y ?? Infinity) + (above?.height ?? 0)).toBeLessThan(below?.y ?? 0)
  await notice.getByRole('button', { name: 'Undo' }).tap()
  await expect(page.getByText('Undone')).toBeVisible()

  await page.getByRole('button', { name: 'Open or close the menu' }).tap()
  await page.getByRole('navigation').getByRole('button', { name: /^Unread/ }).tap()
  await expect(page).toHaveURL(/\/app\/inbox$/)
  await expect(page.getByRole('button', { name: /^Unread/ })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Conversations' })).toBeVisible()
})
