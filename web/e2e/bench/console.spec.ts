// The browser part of `./x bench console`, which starts the programs and judges the figures.
import { writeFile } from 'node:fs/promises'

import type { Page } from '@playwright/test'

import { enter, expect, look, test } from '../support/test'
import { inbound, postWebhook } from '../support/stack'

interface Plan {
  conversations: number
  messages: number
  thread_conversation_id: string
  /** At most, for loading the list, and for the thread. */
  seconds: number
  figures: string
}

const plan = JSON.parse(process.env.WAPI_BENCH ?? '{}') as Plan
const figures: Record<string, number> = {}
const notes: string[] = []
const opens = 5
const webhooks = 20
const scrollSeconds = 15

const quantile = (values: number[], share: number) =>
  [...values].sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN

/** Long tasks, and when the first conversation was there, as the page itself sees them. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { tasks: [] as { start: number; ms: number }[], rowAt: 0 }
    Object.assign(window, { __seen: seen })
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) seen.tasks.push({ start: startTime, ms: duration })
    }).observe({ type: 'longtask', buffered: true })
    const look = () => {
      if (document.querySelector('[data-conversation] time')) seen.rowAt = performance.now()
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

interface Seen {
  tasks: { start: number; ms: number }[]
  rowAt: number
}
const seenBy = (page: Page) => page.evaluate(() => (window as unknown as { __seen: Seen }).__seen)

test('the first look at the inbox', async ({ browser, stack, baseURL }) => {
  const times: number[] = []
  const scripts: number[] = []
  for (let round = 0; round < opens; round += 1) {
    const context = await browser.newContext({ baseURL })
    const page = await context.newPage()
    await look(page, {})
    await enter(page, stack.owner)
    await watch(page)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    const isScript = new Set<string>()
    let bytes = 0
    devtools.on('Network.responseReceived', ({ requestId, type, response }) => {
      if (type === 'Script' || response.mimeType.includes('javascript')) isScript.add(requestId)
    })
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (isScript.has(requestId)) bytes += encodedDataLength
    })
    await page.goto('/app/inbox')
    await page.locator('[data-conversation]').first().waitFor()
    await page.waitForLoadState('networkidle')
    const { rowAt, tasks } = await seenBy(page)
    // Free to answer a click: the row is there, and no task of before it still runs.
    const busyUntil = tasks.filter(({ start }) => start <= rowAt).map(({ start, ms }) => start + ms)
    times.push(Math.max(rowAt, ...busyUntil))
    scripts.push(bytes)
    await context.close()
  }
  figures.scriptBytes = Math.max(...scripts)
  figures.interactiveMs = quantile(times, 0.5)
  notes.push(`interactive: ${times.map((ms) => Math.round(ms)).join(', ')} ms, nothing cached, one after the other`)
})

test('a webhook until it is seen', async ({ page, stack }) => {
  await look(page, {})
  await enter(page, stack.owner)
  await page.goto(`/app/inbox/${stack.conversationId}`)
  await expect(page.getByRole('article').first()).toBeVisible()
  const times: number[] = []
  for (let round = 0; round < webhooks; round += 1) {
    const text = `webhook number ${round}`
    const seenAt = page.evaluate(
      (wanted) =>
        new Promise<number>((resolve) => {
          const check = () => {
            const shown = [...document.querySelectorAll('[role=article], [data-conversation]')]
            if (shown.some((one) => one.textContent?.includes(wanted))) resolve(Date.now())
            else requestAnimationFrame(check)
          }
          check()
        }),
      text,
    )
    await page.waitForTimeout((round * 617) % 3_000) // not in step with whatever the page does by the clock
    const sentAt = Date.now()
    await postWebhook(stack, inbound(stack, { phone: '34655100001', name: 'Rosa Martínez', text }))
    times.push((await seenAt) - sentAt)
  }
  figures.visibleP50Ms = quantile(times, 0.5)
  figures.visibleP95Ms = quantile(times, 0.95)
  notes.push(`webhook to visible: p50 ${figures.visibleP50Ms} ms, p95 ${figures.visibleP95Ms} ms of ${webhooks}`)
})

interface Scroll {
  selector: string
  /** px a frame, negative for up. */
  step: number
  seconds: number
  /** Ends early at that height. */
  enoughPx: number
}

/** Scrolls a little each frame; gives how high the whole is then. */
const scroll = (page: Page, wanted: Scroll) =>
  page.evaluate(
    ({ selector, step, seconds, enoughPx }) =>
      new Promise<number>((resolve) => {
        const end = performance.now() + seconds * 1_000
        const frame = () => {
          const pane = document.querySelector(selector)
          if (!pane || performance.now() > end || pane.scrollHeight >= enoughPx) resolve(pane?.scrollHeight ?? 0)
          else {
            pane.scrollTop += step
            requestAnimationFrame(frame)
          }
        }
        requestAnimationFrame(frame)
      }),
    wanted,
  )

/** Runs, and gives the longest task meanwhile. */
async function longestDuring(page: Page, name: string, run: () => Promise<unknown>): Promise<number> {
  const begin = await page.evaluate(() => performance.now())
  await run()
  const { tasks } = await seenBy(page)
  const during = tasks.filter(({ start }) => start >= begin).map(({ ms }) => ms)
  notes.push(`${name}: ${during.length} tasks over 50 ms${during.length ? `, the longest ${Math.max(...during)} ms` : ''}`)
  return Math.max(0, ...during)
}

const rowPx = 68

test('a list of very many conversations', async ({ page, stack }) => {
  await look(page, {})
  await enter(page, stack.owner)
  await watch(page)
  await page.goto('/app/inbox')
  await page.locator('[data-conversation]').first().waitFor()
  const list = 'div:has(> [role=list])'
  const whole = plan.conversations * rowPx
  let height = 0
  figures.listLoadingTaskMs = await longestDuring(page, 'the list, on the way down', async () => {
    height = await scroll(page, { selector: list, step: 20_000, seconds: plan.seconds, enoughPx: whole })
  })
  figures.listScrollTaskMs = await longestDuring(page, 'the list, up again', () =>
    scroll(page, { selector: list, step: -700, seconds: scrollSeconds, enoughPx: Infinity }),
  )
  notes.push(`the list: ${Math.round(height / rowPx)} of ${plan.conversations} conversations were loaded in ${plan.seconds} s at most`)
})

test('a thread of very many messages', async ({ page, stack }) => {
  await look(page, {})
  await enter(page, stack.owner)
  await watch(page)
  let loaded = 0
  page.on('requestfinished', (request) => {
    if (request.url().includes(`${plan.thread_conversation_id}/messages`) && request.url().includes('cursor')) loaded += 1
  })
  await page.goto(`/app/inbox/${plan.thread_conversation_id}`)
  await page.getByRole('article').first().waitFor()
  const thread = '[role=log]'
  figures.threadLoadingTaskMs = await longestDuring(page, 'the thread, on the way up', () =>
    scroll(page, { selector: thread, step: -20_000, seconds: plan.seconds, enoughPx: plan.messages * 62 }),
  )
  figures.threadScrollTaskMs = await longestDuring(page, 'the thread, down again', () =>
    scroll(page, { selector: thread, step: 700, seconds: scrollSeconds, enoughPx: Infinity }),
  )
  notes.push(`the thread: ${loaded} pages of older messages were loaded in ${plan.seconds} s at most`)
})

test.afterEach(async () => {
  await writeFile(plan.figures, JSON.stringify({ ...figures, notes }))
})
