// Goal: what somebody may do and see is theirs to the second: rights that are taken away are gone from an open
// page without loading it anew, and so is a member. Method: an owner changes a colleague on the team page while
// the colleague, in a browser of their own, has a conversation open.
import type { APIRequestContext, Locator, Page } from '@playwright/test'

import { paths } from '@/config/paths'

import { newCustomer } from './support/customer'
import { enter, expect, look, somebody, test, type Person, type Stack } from './support/test'

/** A new member with that role, past invite and form. */
async function makeColleague(request: APIRequestContext, { owner }: Stack, name: string, role: string): Promise<Person> {
  const colleague = somebody(name)
  const post = async (path: string, data: unknown, token = ''): Promise<Record<string, string>> => {
    const answer = await request.post(`/api/v1${path}`, { data, headers: token ? { Authorization: `Bearer ${token}` } : {} })
    expect(answer.ok(), path).toBe(true)
    return (await answer.json()) as Record<string, string>
  }
  const { token } = await post('/auth/login', { email: owner.email, password: owner.password })
  const { link = '' } = await post('/admin/team/invite', { email: colleague.email, role }, token)
  await post('/auth/accept-invite', { token: link.split('#token=')[1], name, password: colleague.password })
  return colleague
}

const row = (page: Page, name: string) => page.locator('[data-conversation]', { hasText: name })
const pane = (page: Page) => page.getByRole('region', { name: 'Conversation', exact: true })
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
const inMenu = (page: Page, role: 'link' | 'button', name: string | RegExp) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole(role, { name })

/** What one answers and works with in an open conversation. */
const controls = (page: Page): Locator[] => [
  field(page),
  page.getByRole('radiogroup', { name: 'What you write' }),
  page.getByRole('button', { name: 'Resolve', exact: true }),
  page.getByRole('button', { name: 'Snooze', exact: true }),
  page.getByRole('button', { name: /^Assigned to: / }),
]

/** Chooses an act on the colleague on the owner's team page; gives its dialog. */
async function beginAct(page: Page, { name }: Person, act: string): Promise<Locator> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: act }).click()
  return page.getByRole('dialog')
}

/** What the server refuses to somebody from now on, and how often their page is loaded. */
function watch(page: Page): { refused: string[]; loads: string[] } {
  const seen = { refused: [] as string[], loads: [] as string[] }
  page.on('load', (loaded) => seen.loads.push(loaded.url()))
  page.on('response', (answer) => {
    if (answer.status() === 403) seen.refused.push(`${answer.request().method()} ${answer.url()}`)
  })
  return seen
}

test('@core a change of role is felt at once', async ({ page, theirPage, stack, request, complaints }) => {
  test.setTimeout(90_000)
  const rita = await makeColleague(request, stack, 'Rita Rights', 'manager')
  const customer = await newCustomer(stack)
  await customer.writes('Is my lamp mended?')
  await look(theirPage, {})
  await enter(theirPage, rita)
  await theirPage.goto('/app/inbox')
  await row(theirPage, customer.name).click()
  await expect(pane(theirPage).getByText('Is my lamp mended?')).toBeVisible()
  for (const control of controls(theirPage)) await expect(control).toBeVisible()
  await expect(inMenu(theirPage, 'link', 'Overview')).toBeVisible()
  await expect(inMenu(theirPage, 'button', /^Unassigned/)).toBeVisible()
  const seen = watch(theirPage)
  await look(page, {})
  await enter(page, stack.owner)
  await page.goto(`/app${paths.team}`)

  await test.step('a role that only looks: what acts is gone, what is looked at stays', async () => {
    const dialog = await beginAct(page, rita, 'Change the role')
    await dialog.getByLabel('Role').selectOption('Auditor')
    await dialog.getByRole('button', { name: 'Change the role' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(theirPage.getByText('You may not send messages')).toBeVisible()
    for (const control of controls(theirPage)) await expect(control).toHaveCount(0)
    await expect(inMenu(theirPage, 'link', 'Overview')).toHaveCount(0)
    await expect(inMenu(theirPage, 'link', 'Audit log')).toBeVisible()
    await expect(pane(theirPage).getByText('Is my lamp mended?')).toBeVisible()
  })
  await test.step('only what is one’s own: the conversation is gone, from list and page', async () => {
    const dialog = await beginAct(page, rita, 'Own rights')
    await dialog.getByRole('combobox', { name: 'See all conversations' }).selectOption('Never')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(row(theirPage, customer.name)).toHaveCount(0)
    await expect(theirPage.getByText('Is my lamp mended?')).toHaveCount(0)
    await expect(theirPage.getByText(customer.name)).toHaveCount(0)
    await expect(pane(theirPage).getByRole('heading')).toBeVisible() // which says what there is instead
    await expect(inMenu(theirPage, 'button', /^Unassigned/)).toHaveCount(0)
  })
  expect(seen).toEqual({ refused: [], loads: [] })
  // That it is gone is found out by asking for it.
  expect(complaints.splice(0).filter((text) => !text.includes('status of 404'))).toEqual([])
})

for (const [name, what, address] of [
  ['Gus Gone', 'a conversation', paths.inbox],
  ['Lea Left', 'a page that asks for nothing any more', paths.contacts],
] as const) {
  test(`@core who is removed from the team is led from ${what} to the login, with words`, async ({ page, theirPage, stack, request, complaints }) => {
    test.setTimeout(60_000)
    const colleague = await makeColleague(request, stack, name, 'manager')
    const customer = await newCustomer(stack)
    await customer.writes('Who looks after me now?')
    await look(theirPage, {})
    await enter(theirPage, colleague)
    await theirPage.goto(`/app${address}`)
    await theirPage.getByRole('link', { name: customer.name }).click()
    await expect(theirPage.getByRole('heading', { name: customer.name })).toBeVisible()
    await look(page, {})
    await enter(page, stack.owner)
    await page.goto(`/app${paths.team}`)
    const seen = watch(theirPage)

    const dialog = await beginAct(page, colleague, 'Remove from the team')
    await dialog.getByRole('button', { name: 'Remove from the team' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(theirPage.getByRole('heading', { name: 'Log in' })).toBeVisible()
    await expect(theirPage.getByRole('alert').or(theirPage.getByRole('status'))).toContainText(/logged out|has ended|no longer/)
    await expect(theirPage.getByText(customer.name)).toHaveCount(0)
    expect(seen).toEqual({ refused: [], loads: [] })
    expect(complaints.splice(0).filter((text) => !text.includes('status of 401'))).toEqual([])
  })
}
