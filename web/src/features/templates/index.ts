// What other slices use of templates.
import { lazy } from 'react'

/** A chunk of its own: asked for when the window is shut. */
export const TemplatePicker = lazy(async () => ({ default: (await import('@/features/templates/components/template_picker')).TemplatePicker }))
