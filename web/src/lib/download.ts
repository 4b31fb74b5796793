// Saves a stream as a file. A link cannot carry the access token, so the page fetches the bytes itself.
//
// Where the browser lets one choose a file (Chromium over https), the stream goes straight onto the
// disk, whatever its size. Else it is kept in pieces, which browsers hold outside of the script's
// memory, and handed over at the end. A stream that breaks leaves no file that looks whole.

interface FileHandle {
  createWritable: () => Promise<WritableStream<Uint8Array>>
}
type ChooseFile = (options: { suggestedName: string }) => Promise<FileHandle>

export interface SaveOptions {
  name: string
  type: string
  /** Called once the person has chosen a file, so that nothing is fetched for who cancels. */
  open: () => Promise<ReadableStream<Uint8Array>>
  onProgress?: (bytes: number) => void
}

const pieceBytesMax = 4 * 1024 * 1024

/** False when the person chose no file. Throws what `open` throws and when the stream breaks. */
export async function saveStream(options: SaveOptions): Promise<boolean> {
  const choose = (window as Window & { showSaveFilePicker?: ChooseFile }).showSaveFilePicker
  if (!choose) return saveInPieces(options)
  const file = await choose.call(window, { suggestedName: options.name }).catch(noneWhenCancelled)
  if (!file) return false
  const stream = (await options.open()).pipeThrough(counted(options.onProgress))
  await stream.pipeTo(await file.createWritable()) // a broken stream leaves the old file as it was
  return true
}

function noneWhenCancelled(failure: unknown): null {
  if (failure instanceof DOMException && failure.name === 'AbortError') return null
  throw failure
}

async function saveInPieces({ open, name, type, onProgress }: SaveOptions): Promise<boolean> {
  const pieces: Blob[] = []
  let waiting: BlobPart[] = []
  let waitingBytes = 0
  const flush = () => {
    pieces.push(new Blob(waiting))
    waiting = []
    waitingBytes = 0
  }
  const reader = (await open()).pipeThrough(counted(onProgress)).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    waiting.push(value as Uint8Array<ArrayBuffer>)
    waitingBytes += value.byteLength
    if (waitingBytes >= pieceBytesMax) flush()
  }
  flush()
  offer(new Blob(pieces, { type }), name)
  return true
}

function counted(onProgress: SaveOptions['onProgress']): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      onProgress?.(bytes)
      controller.enqueue(chunk)
    },
  })
}

/** Saves what is in memory already. */
export function offer(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  const keptMs = 60_000 // Safari begins to read it only after the click
  setTimeout(() => URL.revokeObjectURL(link.href), keptMs)
}
