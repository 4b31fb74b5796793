// Presses every control of a page: buttons, menus with each of their entries, the first option of a list,
// and in dialogs the button that acts. For tests that look at what is asked of the server meanwhile.
import type { Locator, Page } from '@playwright/test'

import { settle } from './test'

/** Rows of a list have the same controls: a few of each kind will do. */
const ofAKindMax = 2
/** The button of a dialog that acts has the plain look, which has no name. */
const acting = 'button[type=submit], button.mantine-Button-root:not([data-variant])'
const controls = 'main button, main [role=button], main [role=switch], main input[type=checkbox], main [role=radiogroup] label'

export interface Pressing {
  page: Page
  address: string
  /** Called when a menu or dialog has opened. */
  onOpened?: (what: string) => Promise<void>
}

/** Gives the names of what was pressed. */
export async function pressEverything({ page, address, onOpened }: Pressing): Promise<string[]> {
  const pressed: string[] = []
  const kinds = new Map<string, number>()
  await page.goto(address)
  await settle(page)
  const count = await page.locator(controls).count()
  for (let index = 0; index < count; index += 1) {
    const control = page.locator(controls).nth(index)
    if (!(await control.isVisible()) || !(await control.isEnabled())) continue
    const { kind, name } = await describe(control)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    if ((kinds.get(kind) ?? 0) > ofAKindMax) continue
    pressed.push(name)
    await press(control)
    await tryMenu(page, control, name, pressed, onOpened)
    await tryOption(page, name, pressed, onOpened)
    await finishDialogs(page, name, onOpened)
    if (new URL(page.url()).pathname !== address || (await page.locator(controls).count()) !== count) {
      await page.goto(address)
      await settle(page)
    }
  }
  return pressed
}

const describe = (control: Locator) =>
  control.evaluate((element) => {
    const label = element.getAttribute('aria-label') ?? element.textContent ?? ''
    const icon = element.querySelector('svg')?.getAttribute('class') ?? ''
    // The same button of another row has the same looks; one of its own has words of its own.
    const kind = element.closest('li, tr, [role=listitem]') ? `${element.className} ${icon}` : label
    return { kind, name: label.trim() || icon }
  })

/** Something may lie above it for a moment: that is no reason to wait long. */
const press = (control: Locator) => control.click({ timeout: 2_000 }).catch(() => undefined)

async function tryMenu(page: Page, opener: Locator, name: string, pressed: string[], onOpened: Pressing['onOpened']) {
  const entries = page.getByRole('menu').getByRole('menuitem')
  const count = await entries.count()
  if (count === 0) return
  await onOpened?.(`menu of ${name}`)
  for (let index = 0; index < count; index += 1) {
    if ((await entries.count()) === 0) await press(opener)
    const entry = entries.nth(index)
    if ((await entry.count()) === 0) break
    pressed.push(`${name} > ${await entry.innerText()}`)
    await press(entry)
    await finishDialogs(page, name, onOpened)
  }
  if ((await entries.count()) > 0) await page.keyboard.press('Escape')
}

async function tryOption(page: Page, name: string, pressed: string[], onOpened: Pressing['onOpened']): Promise<void> {
  const option = page.getByRole('option').first()
  if (!(await option.isVisible())) return
  await onOpened?.(`options of ${name}`)
  pressed.push(`${name} > ${await option.innerText()}`)
  await press(option)
}

async function finishDialogs(page: Page, name: string, onOpened: Pressing['onOpened']): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const dialog = page.getByRole('dialog').last()
    if (!(await dialog.isVisible())) return
    await onOpened?.(`dialog of ${name}`)
    await fill(dialog)
    if ((await dialog.locator(acting).count()) === 0) await stepOn(dialog, name, onOpened)
    const act = dialog.locator(acting).last()
    if ((await act.count()) > 0 && (await act.isEnabled())) await press(act)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden', timeout: 2_000 }).catch(() => undefined)
  }
}

/** A first step in which nothing acts yet, but something is chosen: the first of its list. */
async function stepOn(dialog: Locator, name: string, onOpened: Pressing['onOpened']): Promise<void> {
  const choice = dialog.getByRole('listitem').getByRole('button').first()
  const found = await choice.waitFor({ timeout: 2_000 }).then(
    () => true,
    () => false, // a dialog that only tells
  )
  if (!found) return
  await press(choice)
  await onOpened?.(`second step of ${name}`)
  await fill(dialog)
}

/** Something that fits each field, so that the button which acts can be pressed. */
async function fill(dialog: Locator): Promise<void> {
  for (const field of await dialog.locator('input:not([type=checkbox], [type=radio], [readonly]), textarea').all()) {
    if (!(await field.isVisible()) || !(await field.isEditable())) continue
    const kind = (await field.getAttribute('type')) ?? 'text'
    const about = (await dialog.innerText()).match(/\b[A-Z]{4,}\b/)?.[0] // a word that has to be typed
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
    const texts: Record<string, string> = { email: 'somebody@example.com', tel: '+34655123456', number: '1', search: 'a', 'datetime-local': tomorrow }
    await field.fill(kind in texts ? (texts[kind] ?? '') : (about ?? '+34655123456'), { timeout: 2_000 }).catch(() => undefined)
  }
  for (const box of (await dialog.getByRole('checkbox').all()).slice(0, 1)) {
    if ((await box.isVisible()) && (await box.isEnabled())) await box.check({ timeout: 2_000 }).catch(() => undefined)
  }
}
