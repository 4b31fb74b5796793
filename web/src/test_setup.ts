import '@testing-library/jest-dom/vitest'
import { configure } from '@testing-library/react'
import { vi } from 'vitest'

// A machine that is busy shows a page late; what never shows fails all the same.
configure({ asyncUtilTimeout: 10_000 })

// What Mantine asks of a browser and jsdom does not have.
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
}))
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
)
window.HTMLElement.prototype.scrollIntoView = () => undefined
// Saved files are let go a minute later (lib/download.ts), when the test that saved one may be over.
URL.createObjectURL = () => 'blob:file'
URL.revokeObjectURL = () => undefined

// Node's Request knows no page address and refuses jsdom's signals; a browser's does neither.
const NodeRequest = globalThis.Request
vi.stubGlobal(
  'Request',
  class extends NodeRequest {
    constructor(input: RequestInfo | URL, init: RequestInit = {}) {
      super(typeof input === 'string' ? new URL(input, location.href) : input, { ...init, signal: null })
    }
  },
)
