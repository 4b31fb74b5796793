// Goal: people get in, stay in, and get out, and nobody else does. Method: a browser, as they use it.
import { createHmac } from 'node:crypto'

import type { Route } from '@playwright/test'

import { expect, expectAccessible, logIn, logOut, mailedLink, personMenu, signUp, somebody, test } from './support/test'

function decodeBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}

/** RFC 6238: what an authenticator app shows `later` steps from now. */
function totp(secret: string, later = 0): string {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const digest = createHmac('sha1', decodeBase32(secret)).update(step).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('@core a person signs up, is still logged in after a reload, and logs out', async ({ page }) => {
  const person = somebody()
  await signUp(page, person)
  await page.reload()
  await expect(personMenu(page, person)).toBeVisible()
  await logOut(page, person)
  await page.goto('/app/account/security')
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
})

test('reloading again and again, before the answers come, logs nobody out', async ({ page }) => {
  const person = somebody()
  await signUp(page, person)
  for (let round = 0; round < 10; round += 1) {
    await page.goto('/app/account/security', { waitUntil: 'commit' })
    await page.waitForTimeout(round * 15)
  }
  await page.goto('/app/account/security')
  await expect(personMenu(page, person)).toBeVisible()
})

test('two tabs share one login, and a logout in one ends both', async ({ page, context }) => {
  const person = somebody()
  await signUp(page, person)
  const other = await context.newPage()
  await Promise.all([page.reload(), other.goto('/app/account/security')])
  await expect(personMenu(page, person)).toBeVisible()
  await expect(personMenu(other, person)).toBeVisible()
  // What is still under way when the session ends is answered 401, of which the browser complains.
  await page.waitForLoadState('networkidle')
  await logOut(other, person)
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
})

for (const heard of [true, false]) {
  test(`who leaves before the logout is answered is logged out: ${heard ? 'the answer is late' : 'the server never heard of it'}`, async ({
    page,
    playwright,
    baseURL,
    complaints,
  }) => {
    const person = somebody()
    await signUp(page, person)
    const cookie = (await page.context().cookies(`${baseURL}/api/v1/auth`)).find(({ name }) => name === 'wapi_refresh')
    // What is only held goes on to the server when its page is left.
    const cutOff = async (route: Route) => {
      if (!heard) return route.abort()
      await route.fetch()
      await new Promise(() => undefined)
    }
    await page.route('**/auth/logout', (route) => void cutOff(route), { times: 2 })
    await logOut(page, person)
    await page.goto('/app/account/security') // where the second logout has no answer either
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
    await Promise.all([page.waitForResponse('**/auth/logout'), page.goto('/app/account/security')])
    await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
    const whoKeptTheCookie = await playwright.request.newContext({
      baseURL,
      extraHTTPHeaders: { Cookie: `wapi_refresh=${cookie?.value}` },
    })
    expect((await whoKeptTheCookie.post('/api/v1/auth/refresh')).status()).toBe(401)
    await whoKeptTheCookie.dispose()
    if (!heard) expect(complaints.splice(0).every((text) => text.includes('ERR_FAILED'))).toBe(true)
  })
}

test('a login waits for the answer to the logout before it, which takes a cookie away', async ({ page }) => {
  const person = somebody()
  await signUp(page, person)
  const order: string[] = []
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const late = async (route: Route) => {
    await released
    order.push('logout')
    await route.continue()
  }
  await page.route('**/auth/logout', late, { times: 1 })
  page.on('request', (request) => void (request.url().endsWith('/auth/login') && order.push('login')))
  await logOut(page, person)
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForTimeout(300) // in which it could be sent
  release()
  await expect(personMenu(page, person)).toBeVisible()
  expect(order).toEqual(['logout', 'login'])
  await page.reload()
  await expect(personMenu(page, person)).toBeVisible()
})

test('a login leads on to the page that was asked for', async ({ page }) => {
  const person = somebody()
  await signUp(page, person)
  await logOut(page, person)
  await page.goto('/app/account/security?tab=x')
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page).toHaveURL(/\/app\/account\/security\?tab=x$/)
})

test('@core a wrong password is told in words, and the second factor is asked for after the right one', async ({
  page,
  complaints,
}) => {
  const person = somebody()
  await signUp(page, person)
  await page.goto('/app/account/security')
  await page.getByRole('button', { name: 'Turn it on' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Current password' }).fill(person.password)
  await dialog.getByRole('button', { name: 'Next' }).click()
  const secret = (await dialog.locator('pre').textContent()) ?? ''
  await dialog.getByLabel('Code that the app shows now').fill(totp(secret))
  await dialog.getByRole('button', { name: 'Turn it on' }).click()
  await expect(dialog.getByText('Keep these recovery codes')).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'I have kept them' }).click()
  await expect(page.getByText('On', { exact: true })).toBeVisible()
  await logOut(page, person)

  await logIn(page, { ...person, password: 'not the password' })
  await expect(page.getByText('E-mail address or password is wrong.')).toBeVisible()
  expect(complaints.splice(0).every((text) => text.includes('status of 401'))).toBe(true)
  await logIn(page, person)
  await page.getByLabel('Code').fill(totp(secret, 1))
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(personMenu(page, person)).toBeVisible()
})

test('@core a forgotten password is replaced by the link in a letter', async ({ page, stack }) => {
  const person = somebody()
  await signUp(page, person)
  await logOut(page, person)
  await page.getByRole('link', { name: 'Forgot the password?' }).click()
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByRole('status')).toContainText(person.email)
  const link = await mailedLink(stack, '/app/reset-password')
  await page.goto(link)
  await expect(page).toHaveURL(/\/app\/reset-password$/)
  await page.getByRole('textbox', { name: 'New password' }).fill('another long and good sentence')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await expect(page.getByRole('status')).toBeVisible()
  await logIn(page, { ...person, password: 'another long and good sentence' })
  await expect(personMenu(page, person)).toBeVisible()
})

test('an address of another site is not followed after a login', async ({ page }) => {
  const person = somebody()
  await signUp(page, person)
  await logOut(page, person)
  await page.goto('/app/login?next=%2F%2Fevil.example%2Fapp')
  await page.getByLabel('E-mail address').fill(person.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(person.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(personMenu(page, person)).toBeVisible()
  expect(new URL(page.url()).hostname).toBe('127.0.0.1')
})
