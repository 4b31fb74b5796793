// Builds the console into build/console, from where the server's binary takes it.
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import type { Plugin, Rollup } from 'vite'
import { defineConfig } from 'vitest/config'

// What the frame and the first look at the inbox need is one file: many small ones compress badly.
// `./x bench console` measures what that look loads.
const frame = [
  /commonjsHelpers|vite\/preload-helper/,
  /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|openapi-fetch|use-sync-external-store|tslib|clsx)\//,
  /node_modules\/(react-transition-group|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|get-nonce|tiny-.+?|@tabler\/icons-react|@babel\/runtime|@floating-ui\/.+?)\//,
  /node_modules\/@tanstack\/(history|router-core|react-router|query-core|react-query|store|react-store)\//,
  /node_modules\/@mantine\/(hooks|store|notifications|core\/esm\/core|core\/esm\/utils|core\/styles\.css)/,
  /node_modules\/@mantine\/core\/esm\/components\/(Accordion|ActionIcon|Alert|Anchor|AppShell|Avatar|Badge|Burger)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Button|Center|Checkbox|CloseButton|Collapse|Combobox|Drawer)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(FocusTrap|Group|Input|InputBase|Kbd|Loader|Menu|Modal|ModalBase)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(NavLink|Notification|Overlay|Paper|Popover|Portal|ScrollArea)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(Select|Stack|Text|TextInput|ThemeIcon|Title|Tooltip|Transition)\//,
  /node_modules\/@mantine\/core\/esm\/components\/(UnstyledButton|VisuallyHidden)\//,
  /\/src\/(main|app\/(?!keyboard|key_sheet|live_events|log_out_dialog|operator_(menu|shell)|strings)|config\/)/,
  /\/src\/components\/(own_line|query_view|states|time_text)\./,
  /\/src\/lib\/(?!strings|failures|download|safe_next|use_link_token)/,
  /\/src\/features\/(accounts\/api\/log_out|operator\/session)\.ts/,
]

/** Two files that load each other may run in the wrong order: the frame stands alone. */
const frameStandsAlone: Plugin = {
  name: 'frame-stands-alone',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || file.name !== 'frame') continue
      const needed = file.imports.flatMap((name) => Object.keys((bundle[name] as Rollup.OutputChunk).modules))
      if (needed.length > 0) this.error(`The frame needs what is not in it (vite.config.ts): ${needed.join(', ')}`)
    }
  },
}

export default defineConfig({
  base: '/app/',
  plugins: [react(), frameStandsAlone],
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
