// Goal: whoever has never seen wApi answers a customer on the first morning, and so does the first colleague;
// nobody has to load a page anew. Method: two browsers, beginning with an account that does not exist yet; the
// number and the customer are the simulated Meta's, the invite is opened from its letter.
import type { Locator, Page } from '@playwright/test'

import { newCustomer, simulated } from './support/customer'
import { expect, look, mailedLink, personMenu, signUp, somebody, test, type Person, type Stack } from './support/test'

const otherPin = '581063' // of the simulated Meta's other account, see cloudsim/README.md

interface NumberAtMeta {
  wabaId: string
  phoneNumberId: string
  accessToken: string
}

interface MetaState {
  tokens: { access_token: string; waba_ids: string[] }[]
  wabas: { id: string; phone_number_ids: string[] }[]
}

/** What somebody copies out of WhatsApp Manager: a number that no workspace has connected yet. */
async function numberAtMeta({ simulator, wabaId: taken }: Stack): Promise<NumberAtMeta> {
  const { wabas, tokens } = await simulated<MetaState>(simulator, '/state')
  const waba = wabas.find(({ id }) => id !== taken)
  const token = tokens.find(({ waba_ids }) => waba_ids.includes(waba?.id ?? ''))
  const phoneNumberId = waba?.phone_number_ids[0]
  if (!waba || !token || !phoneNumberId) throw new Error('the simulated Meta has no other account with a number')
  return { wabaId: waba.id, phoneNumberId, accessToken: token.access_token }
}

const menu = (page: Page) => page.getByRole('navigation', { name: 'Pages' })
const open = (page: Page, name: string) => menu(page).getByRole('link', { name, exact: true }).click()
const row = (page: Page, name: string) => page.locator('[data-conversation]', { hasText: name })
const entry = (page: Page, text: string) => page.getByRole('log').getByRole('article').filter({ hasText: text })
const tick = (message: Locator, status: 'delivered' | 'read') => message.locator(`[data-status=${status}]`)

async function connectByHand(page: Page, { wabaId, phoneNumberId, accessToken }: NumberAtMeta): Promise<void> {
  await open(page, 'Numbers')
  await expect(page.getByRole('heading', { name: 'No number is connected' })).toBeVisible()
  await page.getByRole('button', { name: 'Connect a number' }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect a number' })
  await dialog.getByLabel('WhatsApp Business account id').fill(wabaId)
  await dialog.getByLabel('Phone number id').fill(phoneNumberId)
  await dialog.getByRole('textbox', { name: 'Access token' }).fill(accessToken)
  await dialog.getByLabel('Two-step PIN (optional)').fill(otherPin)
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByText(/^\+\d+ is connected\.$/)).toBeVisible({ timeout: 15_000 })
  await expect(dialog).toHaveCount(0)
  const card = page.getByRole('region').filter({ hasText: phoneNumberId })
  await expect(card).toContainText('Messages come in and go out.')
}

async function invite(page: Page, email: string): Promise<string> {
  await open(page, 'Team')
  await page.getByRole('button', { name: 'Invite someone' }).click()
  await page.getByRole('dialog').getByLabel('E-mail address').fill(email)
  await page.getByRole('dialog').getByLabel('Role').selectOption('Agent')
  await page.getByRole('button', { name: 'Make the invite' }).click()
  const made = page.getByRole('dialog', { name: 'Invite link' })
  await expect(made).toContainText(`We mailed this link to ${email}.`)
  return made.getByRole('textbox', { name: 'Invite link' }).inputValue()
}

async function join(page: Page, link: string, { name, password }: Person): Promise<void> {
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'Join the team' })).toBeVisible()
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page).toHaveURL(/\/app\/inbox$/)
}

async function answer(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Message', exact: true })
  await field.fill(text)
  await field.press('Enter')
  await expect(tick(entry(page, text), 'delivered')).toBeVisible({ timeout: 15_000 })
}

test('@core first morning: a number, a customer, an answer, a colleague who goes on', async ({ page, theirPage, stack }) => {
  test.setTimeout(120_000)
  const owner = somebody('Nadia Newshop')
  const agent = somebody('Sam Second')
  const number = await numberAtMeta(stack)
  const customer = await newCustomer({ ...stack, ...number })
  const loads: string[] = []

  await test.step('signs up, and connects a number by hand', async () => {
    await look(page, {})
    await signUp(page, owner, 'Newshop')
    await expect(page.getByRole('heading', { name: 'No conversations yet' })).toBeVisible()
    page.on('load', (loaded) => loads.push(loaded.url()))
    await connectByHand(page, number)
  })
  await test.step('sees the first customer write, and answers', async () => {
    await open(page, 'Inbox')
    await expect(page.getByRole('heading', { name: 'No conversations yet' })).toBeVisible()
    await customer.writes('Good morning! Are you open already?')
    await expect(row(page, customer.name)).toContainText('Good morning!')
    await expect(row(page, customer.name).getByLabel('1 unread message')).toBeVisible()
    await row(page, customer.name).click()
    await expect(entry(page, 'Are you open already?')).toBeVisible()
    await answer(page, 'Since this minute. You are our first!')
    expect(await customer.texts()).toEqual(['Good morning! Are you open already?', 'Since this minute. You are our first!'])
    await customer.reads()
    await expect(tick(entry(page, 'You are our first!'), 'read')).toBeVisible()
  })
  await test.step('invites an agent, who joins by the link in the letter', async () => {
    const shown = await invite(page, agent.email)
    const mailed = await mailedLink(stack, '/app/accept-invite', agent.email)
    expect(shown.endsWith(mailed), 'the letter has the link that is shown').toBe(true)
    await page.getByRole('button', { name: 'Done' }).click()
    await look(theirPage, {})
    await join(theirPage, mailed, agent)
    await expect(personMenu(theirPage, agent)).toBeVisible()
    await expect(menu(theirPage).getByRole('link', { name: 'Team' })).toHaveCount(0)
    // An agent sees what is theirs, and nothing is yet.
    await expect(theirPage.getByRole('heading', { name: 'Nothing is assigned to you yet' })).toBeVisible()
    theirPage.on('load', (loaded) => loads.push(loaded.url()))
  })
  await test.step('gives them the conversation', async () => {
    await open(page, 'Inbox')
    await row(page, customer.name).click()
    await page.getByRole('button', { name: 'Assigned to: Nobody. Change' }).click()
    await page.getByRole('option', { name: agent.name }).click()
    await expect(page.getByRole('button', { name: `Assigned to: ${agent.name}. Change` })).toBeVisible()
    await row(theirPage, customer.name).click()
    await expect(entry(theirPage, 'Are you open already?')).toBeVisible()
    await expect(tick(entry(theirPage, 'You are our first!'), 'read')).toBeVisible()
  })
  await test.step('and the agent answers the second message', async () => {
    await customer.writes('Do you sell umbrellas, too?')
    await expect(entry(theirPage, 'Do you sell umbrellas')).toBeVisible()
    await answer(theirPage, 'In five colours.')
    expect((await customer.texts()).slice(2)).toEqual(['Do you sell umbrellas, too?', 'In five colours.'])
    await customer.reads()
    await expect(tick(entry(theirPage, 'In five colours.'), 'read')).toBeVisible()
    await expect(tick(entry(page, 'In five colours.'), 'read')).toBeVisible()
  })
  expect(loads, 'pages that were loaded anew').toEqual([])
})
