// Goal: every page of the menu works for whoever sees it: nothing forbidden is asked behind the scenes,
// nothing is unreadable. Method: the menu itself is walked, as the owner and as members of each role;
// a refused request shows as a complaint of the browser and fails the test.
import type { Browser, Page } from '@playwright/test'

import { expect, expectAccessible, logIn, personMenu, signUp, somebody, test, type Person } from './support/test'

async function menuLinks(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation').getByRole('link')
  await expect(links.first()).toBeVisible()
  return links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
}

/** Until nothing loads and no request has run for a moment. */
async function settle(page: Page): Promise<void> {
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
  await page.waitForLoadState('networkidle')
}

async function walk(page: Page, look: (link: string) => Promise<void>): Promise<string[]> {
  const links = await menuLinks(page)
  for (const link of links) {
    await page.locator(`nav a[href="${link}"]`).click()
    await expect(page).toHaveURL(new RegExp(`${link}$`))
    await settle(page)
    await look(link)
  }
  return links
}

/** A new member with that role, by an invite of the owner. */
async function member(browser: Browser, owner: Page, origin: string, role: string): Promise<{ person: Person; page: Page }> {
  const person = somebody(`Rita ${role}`)
  await owner.goto('/app/settings/team')
  await owner.getByRole('button', { name: 'Invite someone' }).first().click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill(person.email)
  await dialog.getByLabel('Role', { exact: true }).selectOption({ label: role })
  await dialog.getByRole('button', { name: 'Make the invite' }).click()
  const link = await owner.getByRole('textbox', { name: 'Invite link' }).inputValue()
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(link.slice(link.indexOf('/app/')))
  await page.getByLabel('Your name').fill(person.name)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(personMenu(page, person)).toBeVisible()
  return { person, page }
}

for (const scheme of ['light', 'dark'] as const) {
  for (const language of ['en', 'ar']) {
    test(`every page of the owner is accessible: ${scheme}, ${language}`, async ({ page, stack }) => {
      test.setTimeout(90_000)
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.addInitScript((tag) => localStorage.setItem('wapi-language', tag), language)
      await page.goto('/app/login')
      await page.locator('input[type=email]').fill(stack.owner.email)
      await page.locator('input[type=password]').fill(stack.owner.password)
      await page.locator('button[type=submit]').click()
      const links = await walk(page, async (link) => {
        await test.step(link, () => expectAccessible(page))
      })
      expect(links.length).toBeGreaterThanOrEqual(9)
    })
  }
}

test('what each role sees in the menu, it may open', async ({ page, browser, baseURL }) => {
  test.setTimeout(120_000)
  await signUp(page, somebody('Olga Owner'))
  const seen: Record<string, number> = {}
  for (const role of ['Manager', 'Agent', 'Viewer']) {
    const { page: theirs } = await member(browser, page, baseURL ?? '', role)
    const complaints: string[] = []
    theirs.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    const links = await walk(theirs, async () => {
      await expect(theirs.getByText('You may not see this')).toHaveCount(0)
    })
    seen[role] = links.length
    await theirs.goto('/app/settings/team')
    await expect(theirs.getByText('You may not see this')).toBeVisible()
    expect(complaints).toEqual([])
    await theirs.context().close()
  }
  expect(seen.Manager).toBeGreaterThan(seen.Viewer ?? 0)
})

test('an address that somebody may not open says so', async ({ page, stack }) => {
  await logIn(page, stack.owner)
  await page.goto('/app/nowhere')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
})
