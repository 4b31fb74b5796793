// Goal: every page opens for whom it is, can be read, and asks for nothing that goes wrong. Method: the
// router's tables, once; `walks/` goes over them in all colours, states and roles.
import { placesFor } from './support/places'
import { enter, enterAsOperator, expect, expectAccessible, look, settle, test } from './support/test'

test('@core every page of the owner, of operators and of guests is accessible', async ({ page, stack }) => {
  test.setTimeout(120_000)
  await look(page, {})
  await enter(page, stack.owner)
  await enterAsOperator(page, stack.operator)
  for (const { name, address } of placesFor(stack)) {
    await test.step(name, async () => {
      await page.goto(address)
      await settle(page)
      await expectAccessible(page, name)
    })
  }
})

test('an address that nobody may open says so', async ({ page, stack }) => {
  await look(page, { scheme: 'dark', language: 'en' })
  await enter(page, stack.owner)
  await page.goto('/app/nowhere')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  await expectAccessible(page, 'nowhere')
})
