// What the server's description says of each of its routes: which permission it asks for.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Permission } from '@/api/generated/permissions'

interface Description {
  paths: Record<string, Record<string, { 'x-permission'?: Permission }>>
}

const file = fileURLToPath(new URL('../../../api/openapi.json', import.meta.url))
const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Description

const routes = Object.entries(paths).map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  methods,
}))

/** Undefined for what everybody may do. Throws for a route that the server does not have. */
export function permissionFor(method: string, pathname: string): Permission | undefined {
  const found = routes.find(({ pattern, methods }) => pattern.test(pathname) && method.toLowerCase() in methods)
  if (!found) throw new Error(`The server has no ${method} ${pathname}`)
  return found.methods[method.toLowerCase()]?.['x-permission']
}
