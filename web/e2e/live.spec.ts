// Goal: what happens is seen when it happens; after a connection that was lost for half a minute nothing is
// missing; two colleagues see each other. Method: the real programs behind a wire that can be cut.
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import { enter, expect, look, noteComplaints, test, type Stack } from './support/test'

const lostMs = 30_000

/** Passes everything on to the server, until it is cut: then nobody gets through. */
class Wire {
  private readonly ends = new Set<Socket>()
  private isCut = false

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async to(target: string): Promise<Wire> {
    const { hostname, port } = new URL(target)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, hostname, resolve))
    const wire = new Wire(server, `http://${hostname}:${(server.address() as AddressInfo).port}`)
    server.on('connection', (near) => wire.join(near, createConnection(Number(port), hostname)))
    return wire
  }

  private join(near: Socket, far: Socket): void {
    for (const [end, other] of [[near, far], [far, near]] as const) {
      this.ends.add(end)
      end.on('error', () => undefined)
      end.on('close', () => {
        this.ends.delete(end)
        other.destroy()
      })
      end.pipe(other)
    }
    if (this.isCut) near.destroy()
  }

  cut(isCut: boolean): void {
    this.isCut = isCut
    if (isCut) for (const end of this.ends) end.destroy()
  }

  close(): void {
    this.cut(true)
    this.server.close()
  }
}

async function write(stack: Stack, phone: string, text: string): Promise<void> {
  const answer = await fetch(`${stack.simulator}/sim/customers/${phone}/write`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text, phone_number_id: stack.phoneNumberId }),
  })
  expect(answer.ok).toBe(true)
}

const newPhone = () => `1555300${String(Date.now() % 10_000).padStart(4, '0')}`

const overWire = test.extend<{ wire: Wire }>({
  wire: async ({ stack }, use) => {
    const wire = await Wire.to(stack.origin)
    await use(wire)
    wire.close()
  },
  baseURL: async ({ wire }, use) => use(wire.origin),
})

overWire('a connection that was lost for half a minute misses nothing, and STOP locks the open thread', async ({ page, stack, wire, complaints }) => {
  test.setTimeout(120_000)
  const phone = newPhone()
  await write(stack, phone, 'Are you open?')
  await look(page, {})
  await enter(page, stack.owner)
  await page.goto('/app/inbox')
  await page.locator('[data-conversation]', { hasText: 'Are you open?' }).first().click()
  await expect(page.getByRole('article').filter({ hasText: 'Are you open?' })).toBeVisible()

  await write(stack, phone, 'Seen at once')
  // Looking at the server comes later than this: it was told.
  await expect(page.getByRole('article').filter({ hasText: 'Seen at once' })).toBeVisible({ timeout: 2_500 })

  wire.cut(true)
  for (const text of ['Missed one', 'Missed two', 'Missed three']) await write(stack, phone, text)
  await expect(page.getByText('Connection lost, trying again').filter({ visible: true })).toBeVisible({ timeout: 15_000 })
  await page.waitForTimeout(lostMs)
  await expect(page.getByRole('article').filter({ hasText: 'Missed' })).toHaveCount(0)
  wire.cut(false)
  for (const text of ['Missed one', 'Missed two', 'Missed three']) {
    await expect(page.getByRole('article').filter({ hasText: text })).toBeVisible({ timeout: 45_000 })
  }
  await expect(page.getByRole('article').filter({ hasText: 'Missed' })).toHaveCount(3)
  await expect(page.getByText('Connection lost, trying again').filter({ visible: true })).toBeHidden({ timeout: 45_000 })
  await expect(page.locator('[data-conversation]', { hasText: 'Missed three' })).toHaveCount(1)

  await write(stack, phone, 'STOP')
  await expect(page.getByRole('status').filter({ hasText: /opted out/i })).toBeVisible({ timeout: 2_500 })
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveCount(0)
  // What a browser says of a wire that is cut.
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !/ERR_|WebSocket connection/.test(one)))
})

test('two who have one conversation open see each other, and who is writing', async ({ page, stack, browser, complaints }) => {
  const [colleague] = stack.team.filter(({ role }) => role === 'manager')
  if (!colleague) throw new Error('the workspace has no manager')
  const address = `/app/inbox/${stack.conversationId}`
  await look(page, {})
  await enter(page, stack.owner)
  await page.goto(address)
  await expect(page.getByRole('log')).toBeVisible()

  const context = await browser.newContext({ baseURL: stack.origin })
  const other = await context.newPage()
  noteComplaints(other, complaints)
  await look(other, {})
  await enter(other, colleague)
  await other.goto(address)
  await expect(page.getByText(`${colleague.name} is looking at this conversation, too`)).toBeVisible()
  await other.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('Hel')
  await expect(page.getByText(`${colleague.name} is writing an answer…`)).toBeVisible()
  await context.close()
  await expect(page.getByText(colleague.name, { exact: false }).filter({ hasText: 'this conversation' })).toHaveCount(0)
})
