// What a template of Meta shows and what has to be filled in, out of its components (their form is
// Meta's: https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates).
import type { components } from '@/api/generated/openapi'

type Template = components['schemas']['Template']
type Component = NonNullable<components['schemas']['TemplateChoice']['components']>[number]

export interface Field {
  /** Where its value goes; unique within the template. */
  id: string
  part: 'header' | 'body' | 'button' | 'media'
  /** The variable's name or number, the kind of media, or the button's text. */
  name: string
  example: string
}

export interface TemplateParts {
  header: string
  /** IMAGE, VIDEO or DOCUMENT in place of a header's text. */
  media: string
  body: string
  footer: string
  buttons: string[]
  fields: Field[]
  /** False when it needs what the console cannot fill in (a carousel, a catalogue, a location). */
  fillable: boolean
}

type Values = Record<string, string>

const variable = /{{\s*([^{}\s]+)\s*}}/g
const mediaFormats = ['IMAGE', 'VIDEO', 'DOCUMENT']
const fillableTypes = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS']
const plainButtons = ['QUICK_REPLY', 'PHONE_NUMBER', 'URL', 'COPY_CODE']

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const textOf = (value: unknown, name: string): string => {
  const found = isObject(value) ? value[name] : undefined
  return typeof found === 'string' ? found : ''
}
const listOf = (value: unknown, name: string): unknown[] => {
  const found = isObject(value) ? value[name] : undefined
  return Array.isArray(found) ? found : []
}
const variablesOf = (text: string) => [...new Set([...text.matchAll(variable)].map((match) => match[1] ?? ''))]

function exampleOf(component: unknown, part: 'header' | 'body', name: string, position: number): string {
  const example = isObject(component) ? component.example : undefined
  const named = listOf(example, `${part}_text_named_params`).find((param) => textOf(param, 'param_name') === name)
  if (named) return textOf(named, 'example')
  const list = listOf(example, `${part}_text`)
  const row: unknown = Array.isArray(list[0]) ? (list[0] as unknown[])[position] : list[position]
  return typeof row === 'string' ? row : ''
}

export function readTemplate({ components: parts }: Pick<Template, 'components'>): TemplateParts {
  const read: TemplateParts = { header: '', media: '', body: '', footer: '', buttons: [], fields: [], fillable: true }
  for (const component of parts) {
    const type = textOf(component, 'type').toUpperCase()
    if (!fillableTypes.includes(type)) read.fillable = false
    if (type === 'HEADER') readHeader(component, read)
    if (type === 'BODY') {
      read.body = textOf(component, 'text')
      addVariables(component, 'body', read.body, read)
    }
    if (type === 'FOOTER') read.footer = textOf(component, 'text')
    if (type === 'BUTTONS') listOf(component, 'buttons').forEach((button, index) => readButton(button, index, read))
  }
  return read
}

function readHeader(component: unknown, read: TemplateParts): void {
  const format = textOf(component, 'format').toUpperCase()
  if (format === 'TEXT') {
    read.header = textOf(component, 'text')
    addVariables(component, 'header', read.header, read)
  } else if (mediaFormats.includes(format)) {
    read.media = format
    read.fields.push({ id: 'media', part: 'media', name: format, example: 'https://' })
  } else read.fillable = false
}

function addVariables(component: unknown, part: 'header' | 'body', text: string, read: TemplateParts): void {
  variablesOf(text).forEach((name, position) => {
    read.fields.push({ id: `${part}.${name}`, part, name, example: exampleOf(component, part, name, position) })
  })
}

function readButton(button: unknown, index: number, read: TemplateParts): void {
  const type = textOf(button, 'type').toUpperCase()
  const text = textOf(button, 'text')
  read.buttons.push(text)
  if (!plainButtons.includes(type)) read.fillable = false
  const needsValue = type === 'COPY_CODE' || variablesOf(textOf(button, 'url')).length > 0
  if (needsValue) read.fields.push({ id: `button.${index}.${type}`, part: 'button', name: text || type, example: '' })
}

/** The text with what has been filled in; what is missing stays a variable. */
export const fillText = (text: string, part: 'header' | 'body', values: Values): string =>
  text.replace(variable, (whole, name: string) => values[`${part}.${name}`]?.trim() || whole)

export const isFilled = ({ fields }: TemplateParts, values: Values): boolean =>
  fields.every(({ id, part }) => {
    const value = values[id]?.trim() ?? ''
    return part === 'media' ? /^https:\/\/\S+\.\S+/i.test(value) : value !== ''
  })

/** What the customer reads, as one text. */
export const renderText = (parts: TemplateParts, values: Values): string =>
  [fillText(parts.header, 'header', values), fillText(parts.body, 'body', values), parts.footer].filter(Boolean).join('\n\n')

/** Header, body and buttons as Meta's API takes them with a message. */
export function toComponents(parts: TemplateParts, format: string, values: Values): Component[] {
  const valueOf = ({ id }: Field) => values[id]?.trim() ?? ''
  const named = format.toUpperCase() === 'NAMED'
  const parameter = (field: Field) => ({
    type: 'text',
    text: valueOf(field),
    ...(named ? { parameter_name: field.name } : {}),
  })
  const made: Component[] = []
  const media = parts.fields.find(({ part }) => part === 'media')
  if (media) {
    const type = media.name.toLowerCase()
    made.push(asComponent({ type: 'header', parameters: [{ type, [type]: { link: valueOf(media) } }] }))
  }
  for (const part of ['header', 'body'] as const) {
    const fields = parts.fields.filter((field) => field.part === part)
    if (fields.length > 0) made.push(asComponent({ type: part, parameters: fields.map(parameter) }))
  }
  for (const field of parts.fields.filter(({ part }) => part === 'button')) {
    const [, index = '0', type] = field.id.split('.')
    const code = type === 'COPY_CODE'
    made.push(
      asComponent({
        type: 'button',
        sub_type: code ? 'copy_code' : 'url',
        index,
        parameters: [code ? { type: 'coupon_code', coupon_code: valueOf(field) } : { type: 'text', text: valueOf(field) }],
      }),
    )
  }
  return made
}

/** The API's description leaves their members to Meta. */
const asComponent = (component: Record<string, unknown>): Component => component as Component
