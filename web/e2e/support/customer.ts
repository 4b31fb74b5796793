// A customer and their phone, both the simulated Meta's (cloudsim/README.md).
import { expect } from '@playwright/test'

import type { Stack } from './stack'

export interface Customer {
  name: string
  writes: (text: string) => Promise<void>
  /** Opens the chat: what has arrived is read. */
  reads: () => Promise<void>
  /** What the phone shows, oldest first. */
  texts: () => Promise<string[]>
}

let customers = 0

/** Nobody knows them yet; they write to one number. */
export async function newCustomer({ simulator, phoneNumberId }: Pick<Stack, 'simulator' | 'phoneNumberId'>): Promise<Customer> {
  customers += 1
  const phone = `4367${String(Date.now()).slice(-8)}${customers}`
  const name = `Carla ${phone.slice(-7)}`
  const path = `/customers/${phone}`
  const number = { phone_number_id: phoneNumberId }
  await simulated(simulator, '/customers', { wa_id: phone, name })
  return {
    name,
    writes: async (text) => void (await simulated(simulator, `${path}/write`, { text, ...number })),
    reads: async () => void (await simulated(simulator, `${path}/read`, number)),
    texts: async () => {
      const thread = await simulated<{ messages: { text: string }[] }>(simulator, `${path}/messages?phone_number_id=${phoneNumberId}`)
      return thread.messages.map(({ text }) => text)
    },
  }
}

/** A control call of the simulated Meta: a POST of `body`, or a GET without one. */
export async function simulated<Answer>(simulator: string, path: string, body?: unknown): Promise<Answer> {
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(`${simulator}/sim${path}`, body === undefined ? {} : post)
  expect(answer.ok, path).toBe(true)
  return (await answer.json()) as Answer
}
