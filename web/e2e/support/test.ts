// The test function of every journey: the programs run, and a browser that complains fails it.
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'

import { startStack, type Stack } from './stack'

export interface Person {
  name: string
  email: string
  password: string
}

let people = 0

/** Nobody knows this person yet. */
export function somebody(name = 'Nina New'): Person {
  people += 1
  return { name, email: `person${people}-${Date.now()}@console.example`, password: 'correct horse battery staple' }
}

export const test = base.extend<{ complaints: string[] }, { stack: Stack }>({
  stack: [
    async ({}, use) => {
      const { stack, stop } = await startStack(process.env.WAPI_E2E_ENGINE ?? 'sqlite')
      await use(stack)
      await stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ stack }, use) => {
    await use(stack.origin)
  },
  /** What the browser's console said; a journey that expects a refusal takes it out. */
  complaints: async ({}, use) => {
    await use([])
  },
  page: async ({ page, complaints }, use) => {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (failure) => complaints.push(failure.message))
    await use(page)
    expect(complaints, 'what the browser complained of').toEqual([])
  },
})

export { expect }

export async function signUp(page: Page, person: Person, workspace = 'Corner Shop'): Promise<void> {
  await page.goto('/app/signup')
  await page.getByLabel('Your name').fill(person.name)
  await page.getByLabel('Company or team').fill(workspace)
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await expect(personMenu(page, person)).toBeVisible()
}

export async function logIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.goto('/app/login')
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

export async function logOut(page: Page, person: Person): Promise<void> {
  await personMenu(page, person).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
}

export const personMenu = (page: Page, person: Person) =>
  page.getByRole('button', { name: `Account of ${person.name}` })

/** The newest link of that kind in the letters that the server wrote to its log. */
export async function mailedLink(stack: Stack, path: string): Promise<string> {
  const pattern = new RegExp(`${path}#token=[\\w-]+`, 'g')
  await expect.poll(async () => (await readFile(stack.log, 'utf8')).match(pattern)?.length ?? 0).toBeGreaterThan(0)
  return (await readFile(stack.log, 'utf8')).match(pattern)?.at(-1) ?? ''
}

/** No violation of level serious or worse on what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([])
}
