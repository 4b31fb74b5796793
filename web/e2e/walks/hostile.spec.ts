// Goal: whatever a stranger sends is shown as what it is: no markup, no script, no link that runs one,
// nothing that turns or widens what stands beside it. Method: signed webhooks bring it in as Meta would;
// list, thread, contact and audit log are looked at in a browser that fails the test when it complains;
// and operators' pages, with workspaces and reasons that somebody named to harm.
import type { Locator, Page } from '@playwright/test'

import { placesFor } from '../support/places'
import { inbound, postWebhook } from '../support/stack'
import {
  desktop,
  enter,
  enterAsOperator,
  expect,
  expectNoSidewaysScroll,
  look,
  phone,
  settle,
  somebody,
  test,
  type Person,
  type Stack,
} from '../support/test'

const tripped = '__tripped'
const script = `<script>window.${tripped}=1</script>`
const markup = `<img src=x onerror="window.${tripped}=1"><svg/onload=window.${tripped}=1>"><b>bold</b>${script}`
const links = [
  'javascript:window.__tripped=1',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>window.__tripped=1</script>',
  'vbscript:msgbox(1)',
  'https://good.example/"onmouseover="window.__tripped=1',
  "https://example.com/<img src=x onerror='window.__tripped=1'>",
  'https://user:pass@evil.example/\u202egpj.exe',
].join('\n')
/** One emoji or sign of each plane that has any, joined families, flags, skin tones, keycaps, tags. */
const planes = '☃️ 😀 𠀀 𰀀 󠄀 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 𝕳𝖊𝖑𝖑𝖔'
const zeroWidth = 'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg'
const rightToLeftOverride = '\u202eRLO\u202c'
const unbroken = 'W'.repeat(3_000)
const tower = `Z${'\u0351\u0310\u0325'.repeat(200)}algo`

const cases = [
  { title: 'markup in a name', phone: '15557770001', name: markup, text: 'hello' },
  { title: 'markup in a message', phone: '15557770002', name: 'Mallory', text: markup },
  { title: 'links that are none', phone: '15557770003', name: 'Linus', text: links },
  { title: 'a name that turns the direction', phone: '15557770004', name: `${rightToLeftOverride}\u202efdp.exe`, text: '\u202eabc' },
  { title: 'a name of open isolates', phone: '15557770005', name: '\u2066\u2067\u2068\u202b\u202dLeft open', text: '\u2067\u2067' },
  { title: 'emoji of every plane', phone: '15557770006', name: planes, text: planes },
  { title: 'zero-width signs', phone: '15557770007', name: zeroWidth, text: zeroWidth },
  { title: 'nothing that can be seen', phone: '15557770008', name: '\u200b\u2060\u00ad', text: '\u200b' },
  { title: 'one very long word', phone: '15557770009', name: unbroken.slice(0, 500), text: unbroken },
  { title: 'a tower of marks', phone: '15557770010', name: tower, text: tower },
  { title: 'words for a template', phone: '15557770011', name: '{{name}} $& %s ${x}', text: '{{count}} $t(inbox:title) <0>x</0>' },
] as const

/** As long as a text can be and far longer; a mark at each place tries the formatting. */
const endless = '*a _b ~c `d https://e.example/f\n'.repeat(1_900).slice(0, 60_000)

/** Whatever runs sets the mark; nobody else does. */
const setTrap = (page: Page) =>
  page.addInitScript((name) => {
    Object.defineProperty(window, name, { value: 0, writable: true })
    window.alert = () => {
      throw new Error('a script ran')
    }
  }, tripped)

async function openInbox(page: Page, stack: Stack): Promise<string> {
  await setTrap(page)
  const token = await enter(page, stack.owner)
  return token
}

async function conversationOf(page: Page, token: string, phone: string): Promise<{ id: string; contactId: string }> {
  const headers = { Authorization: `Bearer ${token}` }
  const get = async (path: string) => (await page.request.get(`/api/v1${path}`, { headers })).json()
  const find = async () => {
    const { contacts } = (await get(`/contacts?q=${phone}&limit=1`)) as { contacts: { id: string }[] }
    if (!contacts[0]) return null
    const { conversations } = (await get(`/conversations?contactId=${contacts[0].id}`)) as {
      conversations: { id: string; contactId: string }[]
    }
    return conversations[0] ?? null
  }
  await expect.poll(find).not.toBeNull()
  const found = await find()
  if (!found) throw new Error('gone')
  return found
}

async function expectHarmless(page: Page, where: string): Promise<void> {
  await settle(page)
  const seen = await page.evaluate((name) => ({
    tripped: (window as unknown as Record<string, unknown>)[name],
    scripts: [...document.querySelectorAll('script:not([src])')].length,
    made: document.querySelectorAll('main img, main svg[onload], main iframe, main object, main [onerror]').length,
    links: [...document.querySelectorAll('a[href]')]
      .map((link) => link.getAttribute('href') ?? '')
      .filter((href) => !/^(\/|https?:|#)/.test(href)),
  }), tripped)
  expect(seen, where).toEqual({ tripped: 0, scripts: 0, made: 0, links: [] })
  await expectNoSidewaysScroll(page, where)
  for (const box of await page.locator('[role=article], [data-conversation]').all()) await expectInside(page, box, where)
}

/** Nothing hangs out of the pane it stands in. */
async function expectInside(page: Page, element: Locator, where: string): Promise<void> {
  const box = await element.boundingBox()
  const width = page.viewportSize()?.width ?? 0
  if (box) expect.soft(box.x >= -1 && box.x + box.width <= width + 1, `${where}: inside the window`).toBe(true)
}

for (const { title, phone: from, name, text } of cases) {
  test(`harmless: ${title}`, async ({ page, stack }) => {
    await look(page, {})
    await postWebhook(stack, inbound(stack, { phone: from, name, text }))
    const token = await openInbox(page, stack)
    const { id, contactId } = await conversationOf(page, token, from)
    await page.goto(`/app/inbox/${id}`)
    await expect(page.getByRole('log').getByRole('article').last()).toBeVisible()
    await expectHarmless(page, 'inbox')
    await expectOthersUnturned(page)
    const shownName = await page.locator(`[data-conversation="${id}"] [dir=auto]`).first().innerText()
    expect(shownName, 'a name that can be seen').toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u)
    for (const address of [`/app/contacts/${contactId}`, '/app/contacts', '/app/settings/audit-log']) {
      await page.goto(address)
      await expectHarmless(page, address)
    }
    await look(page, { size: phone })
    await page.goto(`/app/inbox/${id}`)
    await expect(page.getByRole('log').getByRole('article').last()).toBeVisible()
    await expectHarmless(page, 'inbox on a phone')
  })
}

/** Beside a name of whatever direction, the time stands at the row's end and the picture at its begin. */
async function expectOthersUnturned(page: Page): Promise<void> {
  for (const row of (await page.locator('[data-conversation]').all()).slice(0, 5)) {
    const whole = await row.boundingBox()
    const time = await row.locator('time').boundingBox()
    if (!whole || !time) continue
    expect.soft(whole.x + whole.width - (time.x + time.width), 'px from the time to the end').toBeLessThan(20)
    expect.soft(await row.locator('time').innerText(), 'the time as it is').toMatch(/^(now|\d+ .+ ago|yesterday|last (mo|yr)\.)$/)
  }
}

test('a message of 60,000 characters is folded, unfolds, and folds again', async ({ page, stack }) => {
  await look(page, {})
  const from = '15557770099'
  await postWebhook(stack, inbound(stack, { phone: from, name: 'Endless', text: endless }))
  const token = await openInbox(page, stack)
  const { id } = await conversationOf(page, token, from)
  await page.goto(`/app/inbox/${id}`)
  const bubble = page.getByRole('log').getByRole('article').last()
  await expect(bubble).toBeVisible()
  await expectHarmless(page, 'folded')
  expect((await bubble.innerText()).length).toBeLessThan(3_000)
  await bubble.getByRole('button', { name: /60,000/ }).click()
  await expect.poll(async () => ((await bubble.textContent()) ?? '').length).toBeGreaterThan(59_000)
  await expectHarmless(page, 'unfolded')
  await bubble.getByRole('button', { name: /less/i }).click()
  await expect.poll(async () => ((await bubble.textContent()) ?? '').length).toBeLessThan(3_000)
})

test('what colleagues give names to', async ({ page, stack }) => {
  await look(page, {})
  const token = await openInbox(page, stack)
  const headers = { Authorization: `Bearer ${token}` }
  const make = async (path: string, name: string) => {
    const data = { name, permissions: ['viewContacts'] }
    return (await page.request.post(`/api/v1${path}`, { headers, data })).status()
  }
  const once = String(Date.now()).slice(-6)
  for (const path of ['/api-keys', '/admin/team/roles']) {
    for (const name of [markup.slice(0, 50), unbroken.slice(0, 50), '😀 👩‍👩‍👧‍👦 𝕳']) {
      expect(await make(path, name + once), path).toBe(201)
    }
    expect(await make(path, rightToLeftOverride + once), 'a name that turns the text is refused').toBe(422)
  }
  for (const size of [desktop, phone]) {
    await look(page, { size })
    for (const address of ['/app/settings/api-keys', '/app/settings/roles', '/app/settings/team', '/app/settings/audit-log']) {
      await page.goto(address)
      await expectHarmless(page, `${address} at ${size.width}`)
    }
    await page.getByRole('listitem').getByRole('button').first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectHarmless(page, `an entry at ${size.width}`)
  }
})

/** An owner of a new workspace of that name; in no browser. */
async function found(stack: Stack, workspaceName: string): Promise<{ owner: Person; id: string }> {
  const owner = somebody(workspaceName)
  const answer = await fetch(`${stack.origin}/api/v1/auth/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...owner, workspaceName }),
  })
  expect(answer.status, workspaceName).toBe(201)
  return { owner, id: ((await answer.json()) as { workspace: { id: string } }).workspace.id }
}

test('what operators see of workspaces, and members of a suspension', async ({ page, stack, complaints }) => {
  await look(page, {})
  await setTrap(page)
  const token = await enterAsOperator(page, stack.operator)
  const shops = []
  for (const name of [markup.slice(0, 100), unbroken.slice(0, 100), '😀 👩‍👩‍👧‍👦 𝕳']) shops.push(await found(stack, name))
  const reason = `${rightToLeftOverride}\u202e${markup}${unbroken}`.slice(0, 450)
  for (const { id } of shops) {
    const options = { headers: { Authorization: `Bearer ${token}` }, data: { reason } }
    expect((await page.request.post(`/api/v1/operator/workspaces/${id}/suspend`, options)).status()).toBe(200)
  }
  const nobodys = { ...stack, phoneNumberId: markup }
  await postWebhook(stack, inbound(nobodys, { phone: '15557770020', name: markup, text: markup }))
  for (const size of [desktop, phone]) {
    await look(page, { size })
    for (const { name, address } of placesFor(stack).filter(({ who }) => who === 'operator')) {
      await page.goto(address)
      await expectHarmless(page, `${name} at ${size.width}`)
    }
    await page.goto('/app/operator/workspaces')
    await page.getByRole('listitem').filter({ hasText: 'Suspended' }).first().getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Resume…' }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectHarmless(page, `a reason at ${size.width}`)
    await page.goto('/app/operator/dead-letters')
    await page.getByRole('listitem').first().getByRole('button').first().click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectHarmless(page, `a letter at ${size.width}`)
  }
  const [shop] = shops
  if (!shop) throw new Error('no shop')
  await enter(page, shop.owner)
  for (const size of [desktop, phone]) {
    await look(page, { size })
    await page.goto('/app/contacts')
    await expect(page.getByRole('alert', { name: 'This workspace is suspended' })).toBeVisible()
    await expectHarmless(page, `the notice at ${size.width}`)
  }
  expect(complaints.splice(0).every((text) => text.includes('status of 403'))).toBe(true)
})
