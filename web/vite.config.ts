// Builds the console into build/console, from where the server's binary takes it.
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/app/',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: process.env.WAPI_CONSOLE_DIR ?? '../build/console',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rollupOptions: { output: { experimentalMinChunkSize: 10_000 } },
  },
  server: {
    // `./x dev` runs the server there; the cookie's path and the CSP stay the server's.
    proxy: { '/api': { target: process.env.WAPI_SERVER ?? 'http://127.0.0.1:5000', ws: true } },
  },
  test: {
    environment: 'jsdom',
    testTimeout: 60_000,
    setupFiles: ['src/test_setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
  },
})
