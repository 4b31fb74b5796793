// Starts the programs by tools/console_stack.py, once for all journeys; or takes those that run
// already, told of in WAPI_E2E_STACK.
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Person {
  name: string
  email: string
  password: string
}

/** What tools/console_stack.py tells of the programs and of the workspace they hold. */
export interface Stack {
  origin: string
  simulator: string
  log: string
  owner: Person
  /** Who runs the installation: a member of nothing. */
  operator: Person
  /** A colleague of each other role, built-in or not. */
  team: (Person & { role: string })[]
  workspaceId: string
  /** Of a contact with some life, and the conversation with them. */
  contactId: string
  conversationId: string
  /** A file whose columns nobody has named yet. */
  importId: string
  wabaId: string
  phoneNumberId: string
}

const project = fileURLToPath(new URL('../../..', import.meta.url))

export async function startStack(engine: string): Promise<{ stack: Stack; stop: () => Promise<void> }> {
  const running = process.env.WAPI_E2E_STACK
  if (running) return { stack: JSON.parse(running) as Stack, stop: async () => undefined }
  const child = spawn('python3', ['tools/console_stack.py', engine], {
    cwd: project,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const stack = await firstLine(child)
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.stdin.end()
    await ended
  }
  return { stack: JSON.parse(stack) as Stack, stop }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the programs ended with ${code}`)))
    if (child.stdout) createInterface(child.stdout).once('line', resolve)
  })
}

/** Posts exact bytes as Meta does, signed, and waits until they were taken. */
export async function postWebhook(stack: Stack, body: unknown): Promise<void> {
  const answer = await fetch(`${stack.simulator}/sim/raw-webhook`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ raw: JSON.stringify(body), signature: 'good' }),
  })
  const { statuses } = (await answer.json()) as { statuses: number[] }
  if (statuses[0] !== 200) throw new Error(`the webhook was answered ${statuses.join()}`)
}

let written = 0

export interface Inbound {
  phone: string
  name: string
  text: string
}

/** A customer's message as a webhook body, now. */
export function inbound(stack: Stack, customer: Inbound): unknown {
  written += 1
  return bodyOf(stack, customer, { id: `wamid.e2e-${Date.now()}-${written}` })
}

/** One that can never be applied, as it has no id: a dead letter soon. */
export const brokenInbound = (stack: Stack, customer: Inbound): unknown => bodyOf(stack, customer, {})

function bodyOf({ wabaId, phoneNumberId }: Stack, { phone, name, text }: Inbound, more: { id?: string }): unknown {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550001111', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name }, wa_id: phone }],
    messages: [{ from: phone, timestamp, type: 'text', text: { body: text }, ...more }],
  }
  return { object: 'whatsapp_business_account', entry: [{ id: wabaId, changes: [{ field: 'messages', value }] }] }
}
