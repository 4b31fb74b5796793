// Journeys through the console in a real browser against the real programs.
//
// `journeys` are quick and part of `./x test`; `walks` go over every page in every state, as every role
// and with axe (`./x e2e console` runs both, and the journeys marked @core on PostgreSQL, too);
// `pictures` is `./x e2e screenshots`, `bench` is `./x bench console`.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: '../build/e2e',
  fullyParallel: false,
  workers: 1, // one server for all; each journey makes its own people
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: process.env.WAPI_E2E_REPORT ? [['json', { outputFile: process.env.WAPI_E2E_REPORT }]] : 'list',
  projects: [
    { name: 'journeys', testMatch: 'e2e/*.spec.ts' },
    { name: 'walks', testMatch: 'e2e/walks/*.spec.ts', timeout: 180_000, expect: { timeout: 15_000 } },
    { name: 'pictures', testMatch: 'e2e/pictures/*.spec.ts', timeout: 180_000 },
    { name: 'bench', testMatch: 'e2e/bench/*.spec.ts', timeout: 900_000 },
  ],
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.WAPI_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
})
