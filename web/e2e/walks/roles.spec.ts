// Goal: whoever one is, the console shows no page and no control that the server would refuse. Method:
// every page of the router's table as each role, and every control on it pressed, dialogs and menus
// too. Reading goes to the server, whose 403 fails the test; whatever would change something is held
// back, and compared with the permission that the server's description asks for. Operators walk their
// own pages, and ask for nothing of a workspace's members.
import type { Page, Route } from '@playwright/test'

import { permissions, type Permission } from '@/api/generated/permissions'
import { isMenuEntry, pages } from '@/app/pages'

import { allPlaces, placesFor, type Place, type Samples } from '../support/places'
import { pressEverything } from '../support/pressing'
import { permissionFor } from '../support/rights'
import { enter, enterAsOperator, expect, expectAccessible, look, settle, test, type Stack } from '../support/test'

const roles = ['owner', 'manager', 'agent', 'viewer', 'auditor'] as const
type Role = (typeof roles)[number]
const forbiddenText = 'You may not see this'

const personOf = (stack: Stack, role: Role) =>
  role === 'owner' ? stack.owner : (stack.team.find((one) => one.role === role) ?? stack.owner)

interface Walk {
  allowed: Set<Permission>
  /** What the person would not get. */
  refused: string[]
  samples: Samples
}

async function begin(page: Page, stack: Stack, role: Role): Promise<Walk> {
  await look(page, {})
  const token = await enter(page, personOf(stack, role))
  const get = async (path: string) =>
    (await page.request.get(`/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } })).json()
  const me = (await get('/auth/me')) as { permissions: Permission[]; role: string }
  const { conversations } = (await get('/conversations?limit=1')) as { conversations?: { id: string; contactId: string }[] }
  const { contacts } = (await get('/contacts?limit=1')) as { contacts?: { id: string }[] }
  const walk: Walk = {
    allowed: new Set(me.permissions),
    refused: [],
    samples: { contactId: contacts?.[0]?.id, conversationId: conversations?.[0]?.id, importId: stack.importId },
  }
  await watch(page, walk)
  return walk
}

async function watch(page: Page, walk: Walk): Promise<void> {
  page.on('response', (answer) => {
    if (answer.status() === 403) walk.refused.push(`${answer.request().method()} ${answer.url()} answered 403`)
  })
  await page.route('**/api/v1/**', (route) => holdBack(route, walk))
}

/** Nothing is changed; what the person may not change is written down. */
async function holdBack(route: Route, { allowed, refused }: Walk): Promise<void> {
  const request = route.request()
  const { pathname } = new URL(request.url())
  if (request.method() === 'GET' || pathname.startsWith('/api/v1/auth/refresh')) return route.fallback()
  const needed = permissionFor(request.method(), pathname)
  if (needed && !allowed.has(needed)) refused.push(`${request.method()} ${pathname} needs ${needed}`)
  const error = { code: 'invalid_request', message: 'held back', requestId: 'request-1' }
  await route.fulfill({ status: 422, json: { success: false, error } })
}

const isHeldBack = (text: string) => text.includes('status of 422')

interface Walked {
  page: Page
  walk: Walk
  places: Place[]
  complaints: string[]
  /** Whether axe looks at each menu and dialog: once is enough for what all share. */
  lookInside: boolean
}

/** Presses everything on each of the places and gives how much that was. */
async function walkThrough({ page, walk, places, complaints, lookInside }: Walked): Promise<number> {
  let pressed = 0
  for (const { name, address, permission } of places) {
    await test.step(name, async () => {
      if (permission && !walk.allowed.has(permission)) {
        await page.goto(address)
        await expect(page.getByText(forbiddenText)).toBeVisible()
        await settle(page)
        return
      }
      const names = await pressEverything({
        page,
        address,
        onOpened: lookInside ? (what) => expectAccessible(page, `${name}: ${what}`) : undefined,
      })
      await expect(page.getByText(forbiddenText)).toHaveCount(0)
      pressed += names.length
    })
  }
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  expect(walk.refused).toEqual([])
  expect(complaints.splice(0).filter((text) => !isHeldBack(text))).toEqual([])
  return pressed
}

for (const role of roles) {
  for (const { name } of allPlaces.filter(({ who }) => who === 'member')) {
    test(`${name}: every control as ${role}`, async ({ page, stack, complaints }) => {
      test.setTimeout(400_000) // the owner has dozens of dialogs, each looked at by axe
      const walk = await begin(page, stack, role)
      const places = placesFor(walk.samples).filter((place) => place.name === name)
      const pressed = await walkThrough({ page, walk, places, complaints, lookInside: role === 'owner' })
      if (role === 'owner') expect(pressed, 'the walk presses something').toBeGreaterThan(0)
    })
  }
}

test('every page and control as operator', async ({ page, stack, complaints }) => {
  test.setTimeout(900_000)
  await look(page, {})
  await enterAsOperator(page, stack.operator)
  const walk: Walk = { allowed: new Set(), refused: [], samples: stack }
  await watch(page, walk)
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (/^\/api\/v1\/(?!operator\/|health$)/.test(pathname)) walk.refused.push(`${pathname} is not for operators`)
  })
  const places = placesFor(stack).filter(({ who }) => who === 'operator')
  const pressed = await walkThrough({ page, walk, places, complaints, lookInside: true })
  expect(pressed, 'the walk presses something').toBeGreaterThan(20)
})

test('no page of operators opens for a member', async ({ page, stack }) => {
  await look(page, {})
  await enter(page, stack.owner)
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/')) asked.push(request.url())
  })
  for (const { address } of allPlaces.filter(({ who }) => who === 'operator')) {
    await page.goto(address)
    await expect(page.getByRole('heading', { name: 'Operator login' }), address).toBeVisible()
    await settle(page)
  }
  expect(asked, 'nothing is asked that would be refused').toEqual([])
})

test('the menu shows each role exactly what it may open', async ({ page, stack, browser, baseURL }) => {
  for (const role of roles) {
    const context = await browser.newContext({ baseURL })
    const theirs = await context.newPage()
    const { allowed } = await begin(theirs, stack, role)
    await theirs.goto('/app/')
    await settle(theirs)
    const shown = await theirs.locator('nav a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    const wanted = pages.filter(isMenuEntry).filter(({ permission }) => !permission || allowed.has(permission))
    expect(shown.sort(), role).toEqual(wanted.map(({ path }) => `/app${path}`).sort())
    await context.close()
  }
  await page.goto('about:blank')
})

test('the walk finds a control that is shown to the wrong person', async ({ page, stack, complaints }) => {
  const walk = await begin(page, stack, 'viewer')
  // As if the console had been told more than the server allows.
  await page.route('**/api/v1/auth/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), permissions } })
  })
  await pressEverything({ page, address: '/app/contacts' })
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  expect(walk.refused.join()).toContain('POST /api/v1/contacts needs createContacts')
  expect(complaints.splice(0).every(isHeldBack)).toBe(true)
})

test('the walk goes into the second step of a dialog', async ({ page, stack, complaints }) => {
  test.setTimeout(120_000)
  const walk = await begin(page, stack, 'viewer')
  await page.route('**/api/v1/auth/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), permissions } })
  })
  await pressEverything({ page, address: `/app/contacts/${stack.contactId}` })
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  expect(walk.refused.join()).toMatch(/POST \/api\/v1\/contacts\/[^/]+\/merge needs deleteContacts/)
  complaints.splice(0) // of what was refused on the way there
})
