// Builds the console into build/console, from where the server's binary takes it.
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// What the frame and the first look at the inbox need is one file: many small ones compress badly.
// `./x bench console` measures what that look loads.
const frame = [
  /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|openapi-fetch|use-sync-external-store)\//,
  /node_modules\/(react-transition-group|react-remove-scroll|react-remove-scroll-bar|@floating-ui\/.+?)\//,
  /node_modules\/@tanstack\/(history|router-core|react-router|query-core|react-query|store|react-store)\//,
  /node_modules\/@mantine\/(hooks|store|notifications|core\/esm\/core|core\/esm\/utils)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(ActionIcon|Alert|Anchor|AppShell|Avatar|Badge|Burger|Button)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Checkbox|CloseButton|Collapse|Combobox|Drawer|FocusTrap|Group)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Input|InputBase|Kbd|Loader|Menu|Modal|ModalBase|NavLink)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Notification|Overlay|Paper|Popover|Portal|ScrollArea|Select)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Stack|Text|TextInput|Title|Tooltip|Transition|UnstyledButton)\//,
  /\/src\/main\.tsx/,
  /\/src\/app\/(menu|notices|pages|person_menu|providers|router|shell|theme)\.tsx?/,
  /\/src\/components\/(query_view|states|time_text)\.tsx/,
  /\/src\/lib\/(api|formats|i18n|me|notices|permissions|query_client|session|workspace)\.tsx?/,
]

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
    rollupOptions: {
      output: {
        manualChunks: (id) => (frame.some((needed) => needed.test(id)) ? 'frame' : undefined),
        onlyExplicitManualChunks: true,
        experimentalMinChunkSize: 10_000,
      },
    },
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
