// Goal: every page says what it is about while it loads, when there is nothing, when the server fails
// and when one may not see it; none breaks or complains. Method: every page of the router's table with
// the server's answers held back, emptied, or replaced at the network's edge.
import type { Page, Route } from '@playwright/test'

import { allPlaces, placesFor, type Place } from '../support/places'
import { enter, enterAsOperator, expect, expectAccessible, look, settle, test, type Stack } from '../support/test'

const framedPlaces = allPlaces.filter(({ who }) => who !== 'guest')
/** Without these there is no page at all. */
const isFrame = (url: string) => /\/api\/v1\/(auth\/(me|refresh)|inbox\/events|realtime)/.test(url)

async function answerAll(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    if (isFrame(route.request().url())) await route.fallback()
    else await answer(route)
  })
}

async function visit(page: Page, stack: Stack, { name, who }: Place): Promise<void> {
  await look(page, {})
  await (who === 'operator' ? enterAsOperator(page, stack.operator) : enter(page, stack.owner))
  const place = placesFor(stack).find((one) => one.name === name)
  await page.goto(place?.address ?? '')
}

const failWith = (status: number, code: string) => (route: Route) =>
  route.fulfill({ status, json: { success: false, error: { code, message: code, requestId: 'request-1' } } })

/** The same answer with nothing in its lists. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'nextCursor' ? null : key === 'total' ? 0 : emptied(inner)]),
  )
}

/** Chromium reports each answer of 400 and more by itself. */
const withoutRefusals = (complaints: string[]) =>
  complaints.splice(0).filter((text) => !text.startsWith('Failed to load resource: the server responded with a status of'))

for (const place of framedPlaces) {
  test.describe(place.name, () => {
    test('loading', async ({ page, stack }) => {
      await answerAll(page, () => new Promise<never>(() => undefined))
      await visit(page, stack, place)
      await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible()
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
      await expectAccessible(page, 'loading')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    })

    test('empty', async ({ page, stack }) => {
      await answerAll(page, async (route) => {
        const answer = await route.fetch()
        if (!answer.ok() || !answer.headers()['content-type']?.includes('json')) await route.fulfill({ response: answer })
        else await route.fulfill({ response: answer, json: emptied(await answer.json()) })
      })
      await visit(page, stack, place)
      await settle(page)
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
      await expect(page.getByText('This page broke')).toHaveCount(0)
      expect((await page.getByRole('main').innerText()).length, 'something is said').toBeGreaterThan(20)
      await expectAccessible(page, 'empty')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    })

    test('the server fails', async ({ page, stack, complaints }) => {
      await answerAll(page, failWith(500, 'internal_error'))
      await visit(page, stack, place)
      const alert = page.getByRole('alert').first()
      await expect(alert).toBeVisible()
      await expect(alert).toContainText('The server had a problem')
      await expect(page.getByRole('button', { name: 'Try again' }).first()).toBeVisible()
      await expectAccessible(page, 'failed')
      expect(withoutRefusals(complaints)).toEqual([])
      // The server is well again: trying again is enough.
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      const tryAgain = page.getByRole('button', { name: 'Try again' })
      await expect(async () => {
        if ((await tryAgain.count()) > 0) await tryAgain.first().click({ timeout: 2_000 })
        await expect(tryAgain).toHaveCount(0, { timeout: 1_000 })
      }).toPass({ timeout: 20_000 })
      await settle(page)
      expect(withoutRefusals(complaints)).toEqual([])
    })

    test('the server refuses', async ({ page, stack, complaints }) => {
      await answerAll(page, failWith(403, 'forbidden'))
      await visit(page, stack, place)
      await expect(page.getByText('You may not see this').first()).toBeVisible()
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0)
      await expectAccessible(page, 'refused')
      expect(withoutRefusals(complaints)).toEqual([])
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    })

    if (place.who === 'operator') {
      test('the session has ended', async ({ page, stack, complaints }) => {
        await answerAll(page, failWith(401, 'unauthorized'))
        await visit(page, stack, place)
        await expect(page.getByRole('heading', { name: 'Operator login' })).toBeVisible()
        await expectAccessible(page, 'ended')
        expect(withoutRefusals(complaints)).toEqual([])
        await page.unrouteAll({ behavior: 'ignoreErrors' })
      })
    }

    if (!place.permission) return
    test('without the permission', async ({ page, stack }) => {
      const asked: string[] = []
      await page.route('**/api/v1/auth/me', async (route) => {
        const answer = await route.fetch()
        const me = (await answer.json()) as { permissions: string[] }
        await route.fulfill({
          response: answer,
          json: { ...me, permissions: me.permissions.filter((one) => one !== place.permission) },
        })
      })
      page.on('request', (request) => {
        if (request.url().includes('/api/v1/') && !isFrame(request.url())) asked.push(request.url())
      })
      await visit(page, stack, place)
      await expect(page.getByText('You may not see this')).toBeVisible()
      await settle(page)
      expect(asked, 'nothing is asked that would be refused').toEqual([])
      await expectAccessible(page, 'without the permission')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    })
  })
}
