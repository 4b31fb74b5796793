// Goal: who runs the installation helps a workspace and sees nothing that is in it, and is never taken
// for a member. Method: a browser as operators use it, a member in another one beside it, real webhooks.
import type { Page } from '@playwright/test'

import { brokenInbound, postWebhook } from './support/stack'
import { expect, expectAccessible, logIn, personMenu, signUp, somebody, test, type Stack } from './support/test'

async function logInOperator(page: Page, stack: Stack): Promise<void> {
  await page.goto('/app/operator')
  await expect(page.getByRole('heading', { name: 'Operator login' })).toBeVisible()
  await page.getByLabel('E-mail address').fill(stack.operator.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(stack.operator.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('heading', { name: 'Workspaces', level: 1 })).toBeVisible()
}

const menu = (page: Page) => page.getByRole('navigation', { name: 'Pages' })
const open = (page: Page, name: string) => menu(page).getByRole('link', { name }).click()

test('an operator replays a dead letter, and discards it when it fails again', async ({ page, stack }) => {
  test.setTimeout(60_000)
  await logInOperator(page, stack)
  await open(page, 'Dead letters')
  const newest = page.getByRole('listitem').first().getByRole('checkbox')
  const lose = (text: string) => postWebhook(stack, brokenInbound(stack, { phone: '436601234567', name: 'Lotte', text }))
  await lose('The first?') // there may be none before it
  await expect(async () => {
    await page.reload()
    await expect(newest).toBeVisible({ timeout: 1_000 })
  }).toPass()
  const before = await newest.getAttribute('aria-label')
  await lose('Lost?')
  await expect(async () => {
    await page.reload()
    await expect(newest).not.toHaveAccessibleName(before ?? '', { timeout: 1_000 })
  }).toPass()
  const tick = page.getByRole('checkbox', { name: (await newest.getAttribute('aria-label')) ?? '', exact: true })
  const letter = page.getByRole('listitem').filter({ has: tick })
  await open(page, 'Queues')
  await expect(page.getByRole('listitem').filter({ hasText: 'Incoming from WhatsApp' })).toBeVisible()
  await open(page, 'Dead letters')
  await expect(letter).toContainText('id is missing')
  await letter.getByRole('button', { name: /^Update from WhatsApp/ }).click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByRole('group', { name: 'What it holds' })).toContainText('ordinal')
  await expectAccessible(page)
  await drawer.getByRole('button', { name: 'Replay' }).click()
  await page.getByRole('dialog', { name: 'Replay this letter?' }).getByRole('button', { name: 'Replay' }).click()
  await expect(page.getByText('1 letter is back in its queue')).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(letter).toContainText('id is missing', { timeout: 1_000 })
  }).toPass()
  await tick.check()
  await page.getByRole('group', { name: '1 selected' }).getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByText('1 letter was discarded')).toBeVisible()
  await expect(letter).toHaveCount(0)
  await logIn(page, stack.owner)
  await menu(page).getByRole('link', { name: 'Audit log' }).click()
  await expect(page.getByRole('button', { name: /webhook\.discarded/ }).first()).toBeVisible()
})

test('an operator suspends a workspace and resumes it, and the member sees both', async ({
  page,
  browser,
  baseURL,
  stack,
  complaints,
}) => {
  test.setTimeout(60_000)
  const member = somebody('Mona Member')
  const shop = `Suspended Shop ${Date.now()}`
  await signUp(page, member, shop)
  await page.goto('/app/contacts')
  await expect(page.getByRole('heading', { name: 'Contacts', level: 1 })).toBeVisible()

  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), viewport: { width: 1280, height: 800 } })
  const operator = await context.newPage()
  await logInOperator(operator, stack)
  await operator.getByLabel('Part of the name or id').fill(shop.slice(4))
  const row = operator.getByRole('listitem')
  await expect(row).toHaveCount(1)
  await operator.getByRole('button', { name: `Actions for ${shop}` }).click()
  await operator.getByRole('menuitem', { name: 'Suspend…' }).click()
  await operator.getByLabel('Reason').fill('Unpaid since March')
  await operator.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await expect(row).toContainText('Unpaid since March')

  await page.getByRole('link', { name: 'Team' }).click()
  const notice = page.getByRole('alert', { name: 'This workspace is suspended' })
  await expect(notice).toContainText('Unpaid since March')
  await expectAccessible(page)

  await operator.getByRole('button', { name: `Actions for ${shop}` }).click()
  await operator.getByRole('menuitem', { name: 'Resume…' }).click()
  await operator.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
  await expect(row).not.toContainText('Unpaid since March')
  await expect(notice).toHaveCount(0, { timeout: 20_000 })
  await expect(page.getByText(member.email)).toBeVisible()
  expect(complaints.splice(0).every((text) => text.includes('status of 403'))).toBe(true)
  await context.close()
})

test('an operator and a member in one browser are not mixed up', async ({ page, context, stack }) => {
  const member = somebody('Mona Member')
  await signUp(page, member)
  const operator = await context.newPage()
  const asked: string[] = []
  operator.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await logInOperator(operator, stack)
  await open(operator, 'Health')
  await expect(operator.getByText('The server is well')).toBeVisible()
  expect(asked.filter((path) => path.startsWith('/api/') && !/\/(operator\/|health$)/.test(path))).toEqual([])
  await operator.goto('/app/inbox')
  await expect(personMenu(operator, member)).toBeVisible()
  await operator.goto('/app/operator/queues')
  await operator.getByRole('button', { name: /^Account of/ }).click()
  await operator.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(operator.getByRole('heading', { name: 'Operator login' })).toBeVisible()
  await operator.goto('/app/operator/workspaces')
  await expect(operator.getByRole('heading', { name: 'Operator login' })).toBeVisible()
  await page.reload()
  await expect(personMenu(page, member)).toBeVisible()
  await operator.close()
})

test('plan and limit of a workspace are set', async ({ page, browser, baseURL, stack }) => {
  const shop = `Growing Shop ${Date.now()}`
  const context = await browser.newContext(baseURL ? { baseURL } : {})
  await signUp(await context.newPage(), somebody('Gina Growing'), shop)
  await context.close()
  await logInOperator(page, stack)
  await page.getByLabel('Part of the name or id').fill(shop)
  await page.getByRole('button', { name: `Actions for ${shop}` }).click()
  await page.getByRole('menuitem', { name: 'Plan and limit…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Plan', { exact: true }).selectOption('pro')
  await dialog.getByRole('switch', { name: /^A limit of its own/ }).check()
  await dialog.getByLabel('Requests to the API a minute').fill('2500')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('listitem')).toContainText('2,500 own limit')
  await expect(page.getByRole('listitem')).toContainText('Pro')
})
