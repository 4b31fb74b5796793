// Goal: a person can look at every page at a glance. Method: every page of the router's tables, on a
// workspace full of data, desktop and phone, light and dark, some in Arabic; into WAPI_SCREENSHOTS. At
// the end each page must have its pictures, and no page may scroll sideways.
import { mkdir, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import { allPlaces, placesFor, type Place } from '../support/places'
import { desktop, enter, enterAsOperator, expect, expectNoSidewaysScroll, look, phone, settle, test, type Stack } from '../support/test'

const folder = resolve(process.env.WAPI_SCREENSHOTS ?? '../build/screenshots')
const sizes = { desktop, phone }
const looks = [
  { scheme: 'light', language: 'en' },
  { scheme: 'dark', language: 'en' },
  { scheme: 'light', language: 'ar' },
] as const
/** Right to left is the same styles for all: a few pages show whether they hold. */
const inArabic = ['inbox', 'inbox-conversationId', 'contacts-contactId', 'settings-team', 'settings-audit-log', 'operator-workspaces', 'login']
const draft = 'Gracias, Rosa. *Mañana* por la mañana'

const fileOf = (place: Place, size: string, { scheme, language }: (typeof looks)[number]) =>
  `${place.name}.${size}.${scheme}${language === 'en' ? '' : `.${language}`}.png`

const isTaken = (place: Place, language: string) => language === 'en' || inArabic.includes(place.name)

for (const size of ['desktop', 'phone'] as const) {
  for (const shown of looks) {
    test(`${size}, ${shown.scheme}, ${shown.language}`, async ({ page, stack }) => {
      await mkdir(folder, { recursive: true })
      await look(page, { ...shown, size: sizes[size] })
      for (const place of placesFor(stack).filter((place) => isTaken(place, shown.language))) {
        await show(page, stack, place)
        if (place.name === 'inbox-conversationId') await page.locator('textarea').first().fill(draft)
        await expectNoSidewaysScroll(page, place.name)
        await takeWhole(page, `${folder}/${fileOf(place, size, shown)}`)
        await page.setViewportSize(sizes[size])
      }
    })
  }
}

/** The window is made as high as the page, so that what stands still beside it is whole, too. */
async function takeWhole(page: Page, path: string): Promise<void> {
  const { width, height } = page.viewportSize() ?? desktop
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.max(height, whole) })
  await settle(page)
  await page.screenshot({ path })
}

/** Guests' pages are shown to guests. */
async function show(page: Page, stack: Stack, place: Place): Promise<void> {
  if (place.who === 'guest') await page.context().clearCookies()
  else if ((await page.context().cookies()).length === 0) {
    await enter(page, stack.owner)
    await enterAsOperator(page, stack.operator)
  }
  await page.goto(place.address)
  await settle(page)
}

test('every page has its pictures', async () => {
  const taken = await readdir(folder)
  const wanted = looks.flatMap((shown) =>
    Object.keys(sizes).flatMap((size) =>
      allPlaces.filter((place) => isTaken(place, shown.language)).map((place) => fileOf(place, size, shown)),
    ),
  )
  expect(wanted.filter((name) => !taken.includes(name))).toEqual([])
})
