// What the person may do in this workspace. It hides what the server would refuse; the server decides.
import type { ReactNode } from 'react'

import type { Permission } from '@/api/generated/permissions'
import { useMe } from '@/lib/me'

export function useAllowed(permission: Permission | undefined): boolean {
  const { data } = useMe()
  return permission === undefined || (data?.permissions.includes(permission) ?? false)
}

interface AllowedProps {
  to: Permission
  children: ReactNode
  otherwise?: ReactNode
}

export function Allowed({ to, children, otherwise = null }: AllowedProps) {
  return useAllowed(to) ? children : otherwise
}
