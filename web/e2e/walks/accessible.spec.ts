// Goal: no page has an axe violation of level serious or worse, in whatever colours and direction.
// Method: every page of the router's tables, on a workspace full of data, as the owner
// and as an operator.
import { expectAccessible, enter, enterAsOperator, expect, look, settle, test } from '../support/test'
import { allPlaces, placesFor } from '../support/places'

for (const scheme of ['light', 'dark'] as const) {
  for (const language of ['en', 'ar']) {
    test(`every page is accessible: ${scheme}, ${language}`, async ({ page, stack }) => {
      await look(page, { scheme, language })
      await enter(page, stack.owner)
      await enterAsOperator(page, stack.operator)
      const places = placesFor(stack)
      for (const { name, address } of places) {
        await test.step(name, async () => {
          await page.goto(address)
          await settle(page)
          await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr')
          await expectAccessible(page, name)
        })
      }
      expect(places.length).toBe(allPlaces.length)
    })
  }
}
