// Sends a file as it lies on the disk. By XMLHttpRequest, since fetch does not tell how far it is.
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { keepImport, type Import } from '@/features/contact_imports/api/imports'
import type { paths } from '@/api/generated/openapi'
import { toApiError } from '@/lib/api'
import { ApiError } from '@/lib/api_error'
import { freshSession } from '@/lib/session'

export type Encoding = NonNullable<NonNullable<paths['/api/v1/contact-imports']['post']['parameters']['query']>['encoding']>

export interface UploadOptions {
  file: File
  encoding: Encoding
  signal: AbortSignal
  /** Of the file's bytes; from 0 to 1. */
  onProgress: (share: number) => void
}

const fileNameBytesMax = 255

/** As much of the name as the server takes. */
function shortName(name: string): string {
  let short = name
  while (new TextEncoder().encode(short).length > fileNameBytesMax) short = short.slice(1)
  return short
}

export async function upload({ file, encoding, signal, onProgress }: UploadOptions): Promise<Import> {
  const session = await freshSession()
  signal.throwIfAborted() // stopped before anything was sent
  const query = new URLSearchParams({ fileName: shortName(file.name), encoding })
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/contact-imports?${query.toString()}`)
    request.setRequestHeader('Authorization', `Bearer ${session?.token ?? ''}`)
    request.setRequestHeader('Content-Type', 'text/csv')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onload = () => {
      if (request.status === 201) resolve(request.response as Import)
      else reject(toApiError(request.response, { status: request.status, statusText: request.statusText }))
    }
    request.onerror = () => reject(new ApiError('offline', 'No answer from the server.', 0))
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

export const useUpload = () => {
  const client = useQueryClient()
  return useMutation({ mutationFn: upload, onSuccess: (one) => keepImport(client, one) })
}
