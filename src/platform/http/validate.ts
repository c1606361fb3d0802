/** Requests against their schemas. Bodies are JSON and never converted; what arrives as text (path, query, form) is. */
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Text } from '../i18n/i18n.ts'
import { type LongList, longList } from './long-lists.ts'
import { tooDeep, type Unkept, unkept } from './plain-json.ts'
import type { ProblemField } from './problem.ts'
import { problem } from './problems.ts'
import { isPickable, type JsonSchema, projectionOf } from './projection.ts'

const maximumFields = 20

/** Compiled at first use: hundreds of schemas at start would be felt. */
export const lazyValidator = (schema: TSchema): (() => Validator) => {
  let compiled: Validator | undefined
  return () => {
    compiled ??= Compile(schema)
    return compiled
  }
}

type Reason = { readonly keyword: string; readonly instancePath: string; readonly message: string; readonly params: object }
type Limit = {
  readonly limit?: number
  readonly comparison?: string
  readonly type?: string | readonly string[]
  readonly allowedValues?: readonly unknown[]
  readonly allowedValue?: unknown
}

const typeNames: Readonly<Record<string, Text>> = {
  string: { es: 'un texto', en: 'a text' },
  integer: { es: 'un número entero', en: 'an integer' },
  number: { es: 'un número', en: 'a number' },
  boolean: { es: 'verdadero o falso', en: 'true or false' },
  array: { es: 'una lista', en: 'a list' },
  object: { es: 'un objeto', en: 'an object' },
  null: { es: 'nulo', en: 'null' },
}

const sentence = (reason: Reason): Text => {
  const { limit, type } = reason.params as Limit
  switch (reason.keyword) {
    case 'type': {
      const name = typeNames[String(type)]
      return name ? { es: `Debe ser ${name.es}.`, en: `Must be ${name.en}.` } : { es: 'Tipo no válido.', en: 'Wrong type.' }
    }
    case 'minLength':
      return { es: `Debe tener al menos ${limit} caracteres.`, en: `Must have at least ${limit} characters.` }
    case 'maxLength':
      return { es: `No puede superar ${limit} caracteres.`, en: `Must have at most ${limit} characters.` }
    case 'minItems':
      return { es: `Debe tener al menos ${limit} elementos.`, en: `Must have at least ${limit} items.` }
    case 'maxItems':
      return { es: `No puede superar ${limit} elementos.`, en: `Must have at most ${limit} items.` }
    case 'minimum':
    case 'exclusiveMinimum':
      return {
        es: `Debe ser ${reason.keyword === 'minimum' ? 'al menos' : 'mayor que'} ${limit}.`,
        en: `Must be ${reason.keyword === 'minimum' ? 'at least' : 'more than'} ${limit}.`,
      }
    case 'maximum':
    case 'exclusiveMaximum':
      return {
        es: `Debe ser ${reason.keyword === 'maximum' ? 'como máximo' : 'menor que'} ${limit}.`,
        en: `Must be ${reason.keyword === 'maximum' ? 'at most' : 'less than'} ${limit}.`,
      }
    case 'const':
    case 'enum':
    case 'anyOf':
      return { es: 'No es uno de los valores admitidos.', en: 'Not one of the accepted values.' }
    case 'pattern':
    case 'format':
      return { es: 'El formato no es válido.', en: 'The format is not valid.' }
    default:
      return { es: 'No es válido.', en: 'Not valid.' }
  }
}

// '/lines/0/line_id' → 'lines.0.line_id' (RFC 6901 escapes undone); the root is the part's own name.
const dotted = (pointer: string, part: string): string =>
  pointer === ''
    ? part
    : pointer
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
        .join('.')

/** One field per path, first reason wins; a missing property is named as itself. */
export const fieldsOf = (reasons: readonly Reason[], part: string): readonly ProblemField[] => {
  const byPath = new Map<string, ProblemField>()
  const add = (field: ProblemField) => byPath.has(field.path) || byPath.set(field.path, field)
  // A union reports each of its branches and then itself: the last one says what matters.
  const unions = new Set(reasons.filter((reason) => reason.keyword === 'anyOf').map((reason) => reason.instancePath))
  for (const reason of reasons) {
    if (reason.keyword === 'required') {
      for (const name of (reason.params as { requiredProperties: readonly string[] }).requiredProperties)
        add({ path: dotted(`${reason.instancePath}/${name}`, part), rule: 'required', message: { es: 'Falta.', en: 'Required.' } })
    } else if (!unions.has(reason.instancePath) || reason.keyword === 'anyOf') {
      add({
        path: dotted(reason.instancePath, part),
        rule: reason.keyword === 'anyOf' ? 'enum' : reason.keyword,
        message: sentence(reason),
      })
    }
  }
  return [...byPath.values()].slice(0, maximumFields)
}

const unkeptWords: Readonly<Record<Unkept['kind'], Text>> = {
  text: { es: 'Contiene caracteres que no son texto.', en: 'Has characters that are no text.' },
  number: { es: 'El número es demasiado grande.', en: 'The number is too large.' },
}

function demandKept(value: unknown, part: string): void {
  const found = unkept(value)
  if (found === null) return
  // No object is called so.
  if (part === 'path') throw problem('not_found')
  const { at, kind } = found
  throw problem('validation_failed', { fields: [{ path: dotted(at, part), rule: kind, message: unkeptWords[kind] }] })
}

type Mode = 'text' | 'json'
type Checked = { readonly shape: JsonSchema; readonly validatorOf: () => Validator; readonly clean: (value: unknown) => unknown }

/** typebox walks the schema anew at every call to fill in defaults and drop what is not declared, which costs more than the check itself. A schema
 *  without defaults whose objects are all plain needs neither: declared fields are picked. */
const checkedBy = (schema: TSchema): Checked => {
  const validatorOf = lazyValidator(schema)
  const shape = schema as JsonSchema
  if (!isPickable(shape)) return { shape, validatorOf, clean: (value) => cleanedBy(validatorOf(), value) }
  const project = projectionOf(shape)
  return { shape, validatorOf, clean: project ?? ((value) => value) }
}

/** typebox 1.4 throws ("Cannot delete property 'length'") at a list where an object belongs whose keys follow a pattern: left as it is, the check that
 *  follows refuses it by name. Checking first would cost every request a second check. */
function cleanedBy(validator: Validator, value: unknown): unknown {
  const whole = validator.Default(value)
  try {
    return validator.Clean(whole)
  } catch (error) {
    if (error instanceof TypeError && !validator.Check(whole)) return whole
    throw error
  }
}

const reasonOf = ({ at, limit }: LongList): Reason => ({ keyword: 'maxItems', instancePath: at, message: '', params: { limit } })

const check = ({ shape, validatorOf, clean }: Checked, value: unknown, part: string, mode: Mode): unknown => {
  const long = longList(shape, value)
  if (long) throw problem('validation_failed', { fields: fieldsOf([reasonOf(long)], part) })
  const validator = validatorOf()
  const cleaned = clean(mode === 'text' ? validator.Convert(value) : value)
  if (!validator.Check(cleaned)) throw problem('validation_failed', { fields: fieldsOf(validator.Errors(cleaned), part) })
  return cleaned
}
const checkKept: typeof check = (checked, value, part, mode) => {
  const cleaned = check(checked, value, part, mode)
  demandKept(cleaned, part)
  return cleaned
}

/** In any case, as RFC 9110 8.3.1 has it. */
const isOfType = ({ headers }: FastifyRequest, type: string): boolean => headers['content-type']?.toLowerCase().startsWith(type) ?? false

const isForm = (request: FastifyRequest): boolean => isOfType(request, 'application/x-www-form-urlencoded')
const isMultipart = (request: FastifyRequest): boolean => isOfType(request, 'multipart/form-data')

/** The typed parts of a request. Throws validation_failed (422), body_too_deep (400), unsupported_media_type (415). */
export const requestReader = <P, Q, B>(spec: {
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  readonly form?: boolean
  readonly upload?: unknown
  readonly judgesRows?: boolean
}): ((request: FastifyRequest) => { params: P; query: Q; body: B }) => {
  const paramsBy = spec.params && checkedBy(spec.params)
  const queryBy = spec.query && checkedBy(spec.query)
  const bodyBy = spec.body && checkedBy(spec.body)
  return (request) => {
    const params = paramsBy ? checkKept(paramsBy, { ...(request.params as object) }, 'path', 'text') : {}
    const query = queryBy ? checkKept(queryBy, { ...(request.query as object) }, 'query', 'text') : {}
    let body: unknown
    if (bodyBy) {
      if ((isForm(request) && !spec.form) || (isMultipart(request) && !spec.upload))
        throw problem('unsupported_media_type', { parameters: { accepted: 'application/json' } })
      const limit = tooDeep(request.body)
      if (limit) throw problem('body_too_deep', { parameters: limit })
      const checkBody = spec.judgesRows ? check : checkKept
      body = checkBody(bodyBy, request.body, 'body', isForm(request) || isMultipart(request) ? 'text' : 'json')
    }
    return { params, query, body } as { params: P; query: Q; body: B }
  }
}
