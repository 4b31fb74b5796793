export { NumberBadge } from '@/features/numbers/components/number_badge'
