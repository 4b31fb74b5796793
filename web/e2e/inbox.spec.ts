// Goal: what the inbox is for works from end to end: a customer writes, somebody answers, the customer
// reads it, has enough, and can be written to no more. Method: the real programs; the
// customer's phone is the simulated Meta's.
import { enter, expect, look, test, type Stack } from './support/test'

async function phoneCall(stack: Stack, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${stack.simulator}/sim${path}`, { method, headers, body: body ? JSON.stringify(body) : undefined })
  expect(answer.ok, path).toBe(true)
  return answer.json()
}

const write = (stack: Stack, phone: string, text: string) =>
  phoneCall(stack, 'POST', `/customers/${phone}/write`, { text, phone_number_id: stack.phoneNumberId })

async function textsOn(stack: Stack, phone: string): Promise<string[]> {
  const { messages } = (await phoneCall(stack, 'GET', `/customers/${phone}/messages`)) as { messages: { text: string }[] }
  return messages.map(({ text }) => text)
}

test('@core a customer writes, is answered by keyboard, reads it, and says STOP', async ({ page, stack }) => {
  test.setTimeout(90_000)
  const phone = `1555200${String(Date.now() % 10_000).padStart(4, '0')}`
  const name = `Carla ${phone.slice(-4)}`
  await phoneCall(stack, 'POST', '/customers', { wa_id: phone, name })
  await look(page, {})
  await enter(page, stack.owner)
  await page.goto('/app/inbox')
  await expect(page.getByRole('list', { name: 'Conversations' })).toBeVisible()

  await write(stack, phone, 'Do you have it in green?')
  const row = page.getByRole('listitem').filter({ hasText: name })
  await expect(row).toContainText('Do you have it in green?', { timeout: 15_000 })
  await expect(row.getByLabel('1 unread message')).toBeVisible()
  await row.getByRole('link').press('Enter')
  await expect(page.getByRole('heading', { name })).toBeVisible()

  await page.keyboard.press('r')
  await page.keyboard.type('We do: *green* and blue.')
  await page.keyboard.press('Enter')
  const reply = page.getByRole('article').filter({ hasText: 'green and blue' })
  await expect(reply.locator('strong')).toHaveText('green')
  await expect.poll(() => textsOn(stack, phone)).toContain('We do: *green* and blue.')
  await phoneCall(stack, 'POST', `/customers/${phone}/read`, {})
  await expect(reply.locator('[data-status=read]')).toBeVisible({ timeout: 15_000 })

  await write(stack, phone, 'STOP')
  await expect(page.getByRole('status').filter({ hasText: /opted out/i })).toBeVisible({ timeout: 15_000 })
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveCount(0)
})
