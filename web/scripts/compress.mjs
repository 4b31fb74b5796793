// Beside every built file its brotli and gzip form, made once so that the server never compresses.
// A form that is not smaller is left out. Browsers ask for brotli over https and on localhost only.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const folder = process.env.WAPI_CONSOLE_DIR ?? new URL('../../build/console', import.meta.url).pathname

function* files(path) {
  for (const name of readdirSync(path)) {
    const inside = join(path, name)
    if (statSync(inside).isDirectory()) yield* files(inside)
    else if (!/\.(br|gz)$/.test(name)) yield inside
  }
}

for (const file of files(folder)) {
  const plain = readFileSync(file)
  const forms = {
    br: brotliCompressSync(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
    gz: gzipSync(plain, { level: 9 }),
  }
  for (const [ending, packed] of Object.entries(forms)) {
    if (packed.length < plain.length) writeFileSync(`${file}.${ending}`, packed)
  }
}
