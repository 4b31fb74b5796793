import { QueryClient } from '@tanstack/react-query'

import { ApiError } from '@/lib/api_error'

const retriesMax = 2

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, failure) => count < retriesMax && failure instanceof ApiError && failure.transient,
    },
  },
})
