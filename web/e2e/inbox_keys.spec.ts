// Goal: whoever answers customers all day does it without a mouse, sees what colleagues do, and is never
// stuck. Method: a browser on a workspace that is alive, and a customer who writes while it is open.
import type { Page } from '@playwright/test'

import { expect, logIn, test } from './support/test'
import type { Stack } from './support/stack'

let customers = 0

interface Api {
  get: <Answer>(path: string) => Promise<Answer>
  post: (path: string, body: unknown) => Promise<void>
}

/** Calls as the owner, for what a journey finds there when it begins. */
async function apiOf(page: Page, { owner }: Stack): Promise<Api> {
  const login = await page.request.post('/api/v1/auth/login', { data: owner })
  const { token } = (await login.json()) as { token: string }
  const headers = { Authorization: `Bearer ${token}` }
  return {
    get: async <Answer>(path: string) => (await (await page.request.get(`/api/v1${path}`, { headers })).json()) as Answer,
    post: async (path, data) => {
      expect((await page.request.post(`/api/v1${path}`, { headers, data })).ok(), path).toBe(true)
    },
  }
}

/** A customer nobody knows yet writes; gives a word that no other message has. */
async function customerWrites(page: Page, { simulator, phoneNumberId }: Stack): Promise<string> {
  customers += 1
  const word = `parcel${Date.now()}${customers}`
  const phone = `4366${String(Date.now()).slice(-8)}${customers}`
  const answer = await page.request.post(`${simulator}/sim/customers/${phone}/write`, {
    data: { text: `Where is my ${word}?`, phone_number_id: phoneNumberId },
  })
  expect(answer.ok()).toBe(true)
  return word
}

const row = (page: Page, word: string) => page.locator('[data-conversation]', { hasText: word })
const thread = (page: Page) => page.getByRole('log')

async function openByKeys(page: Page, word: string): Promise<void> {
  await expect(row(page, word)).toBeVisible({ timeout: 15_000 })
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-conversation'))
  for (let step = 0; step < 20; step += 1) {
    const before = await focused()
    await page.keyboard.press('j')
    await expect.poll(focused, 'the row that is focused').not.toBe(before) // it may have to be drawn first
    if (await row(page, word).evaluate((element) => element === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await expect(thread(page).getByText(word)).toBeVisible()
}

test("@core an agent's half hour by keyboard only", async ({ page, stack }) => {
  test.setTimeout(180_000)
  const api = await apiOf(page, stack)
  const shortcut = `hours${Date.now()}`
  await api.post('/quick-replies', { shortcut, text: 'We are open from 9 to 5, {{agent.name}}', shared: true })
  await logIn(page, stack.owner)
  const word = await customerWrites(page, stack)

  await openByKeys(page, word)
  await page.keyboard.press('r')
  await page.keyboard.type('It is *on its way*.')
  await expect(page.getByRole('region', { name: 'As WhatsApp will show it' }).locator('strong')).toHaveText('on its way')
  await page.keyboard.press('Enter')
  await expect(thread(page).getByRole('article', { name: 'From us' }).locator('strong')).toHaveText('on its way')

  await page.keyboard.type(`/${shortcut.slice(0, 8)}`)
  await expect(page.getByRole('option', { name: shortcut })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue(/We are open from 9 to 5, \S/)
  await page.keyboard.press('Enter')
  await expect(thread(page).getByRole('article', { name: 'From us' })).toHaveCount(2)
  await page.keyboard.press('Escape')

  await page.keyboard.press('n')
  await page.keyboard.type('Please call, @mon')
  await expect(page.getByRole('option', { name: /Mónica Manager/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('Please call, @Mónica Manager ')
  await page.keyboard.press('Enter')
  await expect(thread(page).getByRole('article', { name: 'Your note' })).toContainText('@Mónica Manager')
  await page.keyboard.press('Escape')

  await page.keyboard.type('avera') // the first for the picker, which must lose none of the others
  await expect(page.getByRole('textbox', { name: 'Search colleagues' })).toHaveValue('vera')
  await expect(page.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Assigned to: Vera Viewer. Change' })).toBeVisible()

  await page.keyboard.press('h')
  await page.getByRole('menuitem', { name: /^Tomorrow/ }).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[role=menu]') != null)).toBe(true)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Pick a time' }).getByLabel('Until')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^Snoozed until/).first()).toBeVisible()
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await expect(page.locator(`[data-conversation="${id}"]`)).toHaveCount(0)
  await page.keyboard.press('z')
  await expect(page.getByText('Undone')).toBeVisible()

  await page.keyboard.press('e')
  await expect(page.getByRole('button', { name: 'Reopen' })).toBeVisible()
  await page.keyboard.press('z')
  await expect(page.getByRole('button', { name: 'Resolve', exact: true })).toBeVisible()

  await page.keyboard.press('/')
  await page.keyboard.type(word)
  await expect(page.getByRole('link', { name: new RegExp(word) })).toBeVisible({ timeout: 35_000 })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(thread(page).locator('[data-sought]')).toContainText(word)
  await expect(thread(page).locator('[data-sought]')).toBeInViewport()

  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find a page, a person or a message' }).waitFor()
  await page.keyboard.type(word)
  await expect(page.getByRole('button', { name: new RegExp(word) })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Resolve or reopen it')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page).toHaveURL(/\/app\/contacts$/)
})

test('@core two in one conversation: who comes second is told, and changes nothing', async ({ page, stack, browser, baseURL, complaints }) => {
  test.setTimeout(90_000)
  let eventsCome = true
  await page.routeWebSocket(/realtime/, (here) => {
    const server = here.connectToServer()
    server.onMessage((event) => {
      if (eventsCome) here.send(event)
    })
  })
  await logIn(page, stack.owner)
  const word = await customerWrites(page, stack)
  await openByKeys(page, word)
  const [manager] = stack.team
  if (!manager) throw new Error('no team')
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 800 } })
  const theirs = await context.newPage()
  await logIn(theirs, manager)
  await expect(row(theirs, word)).toBeVisible()
  await row(theirs, word).click()
  await expect(thread(theirs).getByText(word)).toBeVisible()

  eventsCome = false // both press before either has heard of the other
  await theirs.keyboard.press('m')
  await expect(theirs.getByRole('button', { name: 'Assigned to: You. Change' })).toBeVisible()
  await page.keyboard.press('m')
  await expect(page.getByText(/looks after it now\.$/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Assigned to: You. Change' })).toHaveCount(0)
  expect(complaints.splice(0).every((text) => text.includes('409'))).toBe(true)
  await context.close()
})

interface Found {
  conversations: { id: string; windowExpiresAt: string | null; contact: { optedOut: boolean } }[]
}

test('when the 24 hours are over a template goes out', async ({ page, stack }) => {
  test.setTimeout(90_000)
  const api = await apiOf(page, stack)
  const { conversations } = await api.get<Found>('/conversations?limit=100')
  const shut = conversations.find(({ windowExpiresAt, contact }) => !contact.optedOut && windowExpiresAt && Date.parse(windowExpiresAt) < Date.now())
  expect(shut, 'a conversation whose window is shut').toBeDefined()
  await logIn(page, stack.owner)
  await expect(page.locator('[data-conversation]').first()).toBeVisible()
  await page.goto(`/app/inbox/${shut?.id ?? ''}`)
  await expect(page.getByText('The 24 hours are over')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Choose a template' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /order|hello|welcome|reminder|update/i }).first().press('Enter')
  for (const field of await dialog.getByRole('textbox').all()) await field.fill('Rosa')
  await dialog.getByRole('button', { name: 'Send template' }).press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(thread(page).getByRole('article', { name: 'From us' }).last()).toContainText('Template')
})
