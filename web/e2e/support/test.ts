// The test function of every journey: the programs run, and a browser that complains fails it.
import AxeBuilder from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'

import { startStack, type Person, type Stack } from './stack'

export type { Person, Stack }

let people = 0

/** Nobody knows this person yet. */
export function somebody(name = 'Nina New'): Person {
  people += 1
  return { name, email: `person${people}-${Date.now()}@console.example`, password: 'correct horse battery staple' }
}

interface Browsers {
  complaints: string[]
  /** A page in the browser of somebody else, whose complaints count as well. */
  theirPage: Page
}

export const test = base.extend<Browsers, { stack: Stack }>({
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
    noteComplaints(page, complaints)
    await use(page)
    expect(complaints, 'what the browser complained of').toEqual([])
  },
  // Begun after `page` and closed before it, which looks at the complaints of both.
  theirPage: async ({ page, browser, baseURL, complaints }, use) => {
    const context = await browser.newContext({ baseURL, viewport: page.viewportSize() })
    const theirs = await context.newPage()
    noteComplaints(theirs, complaints)
    await use(theirs)
    await context.close()
  },
})

export { expect }

/** Writes down what a browser's console complains of; for pages that a test opens by itself. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (failure) => complaints.push(failure.message))
}

/** How a page is looked at. */
export interface Look {
  scheme?: 'light' | 'dark'
  language?: string
  size?: { width: number; height: number }
}

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

export async function look(page: Page, { scheme = 'light', language = 'en', size = desktop }: Look): Promise<void> {
  await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  await page.addInitScript((tag) => localStorage.setItem('wapi-language', tag), language)
}

/** Logs in past the form; gives an access token. Pages that are opened from then on are the person's. */
export async function enter(page: Page, { email, password }: Pick<Person, 'email' | 'password'>): Promise<string> {
  const answer = await page.request.post('/api/v1/auth/login', { data: { email, password } })
  expect(answer.status(), `login of ${email}`).toBe(200)
  await page.addInitScript(() => localStorage.setItem('wapi-logged-in', '1'))
  return ((await answer.json()) as { token: string }).token
}

/** Logs an operator in past the form; beside a member, as the two sessions know nothing of each other. */
export async function enterAsOperator(page: Page, { email, password }: Pick<Person, 'email' | 'password'>): Promise<string> {
  const answer = await page.request.post('/api/v1/operator/login', { data: { email, password } })
  expect(answer.status(), `login of ${email}`).toBe(200)
  const session = (await answer.json()) as { token: string }
  await page.addInitScript((text) => sessionStorage.setItem('wapi-operator', text), JSON.stringify(session))
  return session.token
}

/** Until nothing loads and no request has run for a moment. */
export async function settle(page: Page): Promise<void> {
  await expect(page.getByRole('heading').first()).toBeVisible()
  await expect(page.getByRole('status', { name: /^(Loading|جارٍ التحميل)/ })).toHaveCount(0)
  await page.waitForLoadState('networkidle')
}

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

/** The newest link of that kind in the letters that the server wrote to its log: all, or those to one address. */
export async function mailedLink(stack: Stack, path: string, address = ''): Promise<string> {
  const pattern = new RegExp(`${path}#token=[\\w-]+`)
  const newest = async () => {
    const letters = (await readFile(stack.log, 'utf8')).split('\n').filter((line) => line.includes(address))
    return letters.map((line) => line.match(pattern)?.[0]).findLast((link) => link !== undefined) ?? ''
  }
  await expect.poll(newest).not.toBe('')
  return newest()
}

/** No violation of level serious or worse on what is shown now. A test goes on to see what else there is. */
export async function expectAccessible(page: Page, what = ''): Promise<void> {
  // What is half faded in has half its contrast. What turns while something loads never ends.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    return Promise.allSettled(ending.map(({ finished }) => finished))
  })
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect
    .soft(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`), `axe: ${what}`)
    .toEqual([])
}

/** Nothing is wider than the window. */
export async function expectNoSidewaysScroll(page: Page, what = ''): Promise<void> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
  expect.soft(over, `px that ${what || 'the page'} is too wide`).toBeLessThanOrEqual(0)
}
