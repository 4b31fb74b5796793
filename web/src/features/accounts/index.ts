export { GuestFrame } from '@/features/accounts/components/guest_frame'
export { isEmail } from '@/features/accounts/rules'
