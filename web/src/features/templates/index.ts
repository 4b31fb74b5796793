// What other slices use of templates.
export { TemplatePicker } from '@/features/templates/components/template_picker'
