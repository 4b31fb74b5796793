// Goal: a manager brings 10,000 contacts in from a spreadsheet with bad rows, finds them and mends what
// was refused; an owner merges two that are one person. Method: a browser, as they use it, with real files.
import type { Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'

import { enter, expect, expectAccessible, look, settle, test, type Person, type Stack } from './support/test'

const rows = 10_000
const bad = 37

/** Semicolons, quotes, a byte order mark: as a German Excel writes it. Of the bad ones the phone is none. */
function spreadsheet(): string {
  const lines = ['Kundenname;Handynummer;Stadt;Stichworte']
  for (let row = 0; row < rows; row += 1) {
    const phone = row % 270 === 5 && row / 270 < bad ? 'keine' : `+43 664 ${String(2_000_000 + row)}`
    lines.push(`"Messegast; ${row}";${phone};${row % 2 ? 'Graz' : 'Wien'};messe`)
  }
  return `﻿${lines.join('\r\n')}\r\n`
}

const manager = ({ team }: Stack): Person => team.find(({ role }) => role === 'manager') as Person

async function sendFile(page: Page, name: string, content: string): Promise<void> {
  await page.goto('/app/contacts/imports')
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
  await expect(page.getByRole('heading', { name })).toBeVisible()
}

test('@core a manager imports 10,000 contacts with 37 bad rows, and mends those', async ({ page, stack }) => {
  // Nobody is there to choose a file: the browser keeps what it is given, as those do that cannot ask.
  await page.addInitScript(() => {
    delete (window as { showSaveFilePicker?: unknown }).showSaveFilePicker
  })
  test.setTimeout(180_000)
  await look(page, {})
  await enter(page, manager(stack))
  await test.step('the columns are guessed, and can be told', async () => {
    await sendFile(page, 'messe.csv', spreadsheet())
    await expect(page.getByRole('combobox', { name: 'What Handynummer becomes' })).toHaveValue('phone')
    await expect(page.getByRole('combobox', { name: 'What Kundenname becomes' })).toHaveValue('name')
    await page.getByRole('combobox', { name: 'What Stichworte becomes' }).selectOption('tags')
    await page.getByRole('textbox', { name: 'Tags for everybody' }).fill('fair-2026')
    await page.getByRole('textbox', { name: 'Tags for everybody' }).press('Enter')
    const first = page.getByRole('table').getByRole('row').nth(1)
    await expect(first).toContainText('Messegast; 0')
    await expect(first).toContainText('fair-2026')
    await expectAccessible(page, 'the columns')
  })
  await test.step('the rows become contacts, but for the bad ones', async () => {
    await page.getByRole('button', { name: 'Import 10,000 rows' }).click()
    await expect(page.getByRole('heading', { name: 'The import is done' })).toBeVisible({ timeout: 120_000 })
    const counts = page.getByRole('list', { name: 'What became of the rows' })
    await expect(counts.getByRole('listitem').filter({ hasText: 'New contacts' })).toContainText('9,963')
    await expect(counts.getByRole('listitem').filter({ hasText: 'Refused' })).toContainText('37')
    await expectAccessible(page, 'the result')
  })
  const refused = await test.step('the bad rows come as a file with reasons', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download 37 refused rows' }).click()
    const text = await readFile(await (await download).path(), 'utf8')
    const lines = text.trim().split('\r\n')
    expect(lines).toHaveLength(bad + 1)
    expect(lines[0]).toBe('line,reason,Kundenname,Handynummer,Stadt,Stichworte')
    expect(lines[1]).toMatch(/^7,.*phone number.*,Messegast; 5,keine,Graz,messe$/)
    return lines
  })
  await test.step('mended, they go through', async () => {
    const mended = refused.map((line, at) => line.replace(',keine,', `,+43 664 ${String(3_000_000 + at)},`))
    await sendFile(page, 'mended.csv', mended.join('\r\n'))
    await page.getByRole('combobox', { name: 'What line becomes' }).selectOption('none')
    await page.getByRole('combobox', { name: 'What reason becomes' }).selectOption('none')
    await page.getByRole('combobox', { name: 'What Stichworte becomes' }).selectOption('tags')
    await page.getByRole('button', { name: 'Import 37 rows' }).click()
    await expect(page.getByRole('heading', { name: 'The import is done' })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByRole('listitem').filter({ hasText: 'New contacts' })).toContainText('37')
  })
  await test.step('they are found by tag and detail, and kept as a segment', async () => {
    await page.goto('/app/contacts')
    await page.getByRole('button', { name: 'More filters' }).click()
    await page.getByRole('textbox', { name: 'Name of the detail' }).fill('Stadt')
    await page.getByRole('textbox', { name: 'Value' }).fill('Graz')
    await page.getByRole('textbox', { name: 'Value' }).press('Enter')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('link', { name: /^Messegast; \d*[13579]$/ }).first()).toBeVisible()
    await expect(page.getByRole('link', { name: /^Messegast; \d*[02468]$/ })).toHaveCount(0)
    await page.getByRole('button', { name: 'Save as segment' }).click()
    await page.getByRole('textbox', { name: /Name/ }).fill('Guests from Graz')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Guests from Graz', exact: true })).toHaveAttribute('aria-pressed', 'true')
    await page.reload()
    await settle(page)
    await expect(page.getByRole('button', { name: 'Guests from Graz', exact: true })).toHaveAttribute('aria-pressed', 'true')
  })
  await test.step('and go out as a file again', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'As CSV, for spreadsheets' }).click()
    const text = await readFile(await (await download).path(), 'utf8')
    expect(text.trim().split('\r\n')).toHaveLength(1 + rows / 2)
  })
})

test('two contacts that are one person are merged, and the opt-out stays', async ({ page, stack, complaints }) => {
  await look(page, {})
  const token = await enter(page, stack.owner) // managers may not delete, and so not merge
  const make = async (name: string, phone: string) => {
    const answer = await page.request.post('/api/v1/contacts', { data: { name, phone }, headers: { Authorization: `Bearer ${token}` } })
    return ((await answer.json()) as { id: string }).id
  }
  const kept = await make('Twin Peaks', '+436641000001')
  const gone = await make('Twin Peaks (old)', '+436641000002')
  await page.request.post(`/api/v1/contacts/${gone}/opt-out`, { headers: { Authorization: `Bearer ${token}` } })
  await page.goto(`/app/contacts/${kept}`)
  await page.getByRole('button', { name: 'Merge with another' }).click()
  const dialog = page.getByRole('dialog', { name: 'Merge two contacts' })
  await dialog.getByRole('button', { name: /Twin Peaks \(old\)/ }).click()
  await expect(dialog.getByText(/Who stays is opted out/)).toBeVisible()
  await expectAccessible(page, 'who stays')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await expect(page.getByText('Must not be messaged')).toBeVisible()
  await expect(page.getByText('+436641000002')).toBeVisible()
  await page.goto(`/app/contacts/${gone}`)
  await expect(page.getByRole('alert')).toContainText('This contact does not exist')
  expect(complaints.splice(0).every((text) => text.includes('status of 404'))).toBe(true)
})
