// Goal: on the narrowest phone the filters of the contacts stand in even columns. Method: their edges.
import type { Locator } from '@playwright/test'

import { enter, expect, expectNoSidewaysScroll, look, test } from './support/test'

/** Left and right edge of each, as parts of the whole: 0 and 100 are its sides. */
async function edges(bar: Locator): Promise<string[]> {
  return bar.evaluate((all) => {
    const whole = all.getBoundingClientRect()
    const part = (x: number) => Math.round(((x - whole.left) / whole.width) * 20) * 5
    return [...all.children]
      .map((one) => one.getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .map(({ left, right }) => `${part(left)}-${part(right)}`)
  })
}

for (const language of ['en', 'hi']) {
  test(`filters of the contacts in ${language} stand in even columns`, async ({ page, stack }) => {
    await look(page, { language, size: { width: 360, height: 740 } })
    await enter(page, stack.owner)
    await page.goto('/app/contacts')
    const bar = page.getByRole('search')
    await expect(bar).toBeVisible()
    expect(await edges(bar)).toEqual(['0-100', '0-100', '0-50', '50-100', '0-100'])
    await bar.getByRole('combobox').last().selectOption('false')
    await expect(bar.getByRole('button')).toHaveCount(2)
    expect(await edges(bar)).toEqual(['0-100', '0-100', '0-50', '50-100', '0-50', '50-100'])
    await expectNoSidewaysScroll(page)
  })
}
