// Journeys through the console in a real browser against the real programs: `./x e2e console`.
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
