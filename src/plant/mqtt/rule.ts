/** What a topic's messages mean: which topic, and where in a message line, area, product, time and id are. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Parameters, Text } from '../../platform/i18n/i18n.ts'

/** Each of the five is a dot path into the message, `=value` for one that is always the same, or '' where the topic says it (`planta/{line}/piezas`). */
export type TopicRule = {
  /** With `+` and `#` as in MQTT, and `{line}`, `{area}`, `{product}` for one level that says which. */
  readonly topic: string
  readonly line: string
  readonly area: string
  readonly product: string
  readonly detectedAt: string
  /** What tells a message from another: sent twice, it counts once. */
  readonly messageId: string
  /** Dot path of a list of pieces; '' = a message is one piece. */
  readonly items: string
}

export const ruleFields = ['line', 'area', 'product', 'detectedAt', 'messageId', 'items'] as const
export type RuleField = (typeof ruleFields)[number]
/** What the topic may say. */
const inTopic = ['line', 'area', 'product'] as const
export const mostRules = 50
export const longest = { topic: 250, path: 200 } as const

const faults = {
  topic: {
    es: 'Un tema de MQTT: niveles separados por /, + por un nivel, # sólo al final',
    en: 'An MQTT topic: levels with / between, + for one level, # only at the end',
  },
  shared: { es: 'Los temas que empiezan con $ son del servidor', en: 'Topics that begin with $ are of the server' },
  mark: { es: '{mark} debe ser un nivel entero, y una sola vez', en: '{mark} must be a whole level, and once' },
  required: {
    es: 'Falta: un campo del mensaje, = y un valor fijo, o {mark} en el tema',
    en: 'Required: a field of the message, = and a fixed value, or {mark} in the topic',
  },
  field: { es: 'Falta: el campo del mensaje', en: 'Required: the field of the message' },
  path: { es: 'Campos separados por puntos, como datos.linea', en: 'Fields with dots between, as data.line' },
  fixed_id: {
    es: 'El identificador cambia en cada mensaje: no puede ser fijo',
    en: 'The id changes with each message: it cannot be fixed',
  },
  repeated: { es: 'Ese tema ya está', en: 'That topic is there already' },
} as const satisfies Record<string, Text>

const pathPattern = /^[^.=\s][^.]*(\.[^.]+)*$/

/** Every fault under its field; none = may be kept. */
export function ruleFaults(rule: TopicRule, others: readonly TopicRule[]): ProblemField[] {
  const found: ProblemField[] = []
  const add = (path: string, name: keyof typeof faults, parameters?: Parameters) =>
    found.push({ path, rule: name, message: faults[name], ...(parameters && { parameters }) })
  const filter = filterOf(rule.topic)
  const levels = filter.split('/')
  const isSound = levels.every((level, i) => !/[+#]/.test(level) || level === '+' || (level === '#' && i === levels.length - 1))
  // of the marks, those that are no whole level are still there
  if (filter === '' || filter.length > longest.topic || !isSound || /[\p{Cc}\p{Cs}{}]/u.test(filter)) add('topic', 'topic')
  else if (filter.startsWith('$')) add('topic', 'shared')
  else if (others.some(({ topic }) => filterOf(topic) === filter)) add('topic', 'repeated')
  const marks = rule.topic.split('/')
  for (const name of inTopic) if (marks.filter((level) => level === `{${name}}`).length > 1) add('topic', 'mark', { mark: `{${name}}` })

  const isPath = (text: string) => text.length <= longest.path && pathPattern.test(text)
  for (const name of inTopic) {
    const text = rule[name]
    if (text === '' && !marks.includes(`{${name}}`)) add(name, 'required', { mark: `{${name}}` })
    else if (text !== '' && !(text.startsWith('=') ? text.length > 1 && text.length <= longest.path : isPath(text))) add(name, 'path')
  }
  if (rule.detectedAt === '') add('detectedAt', 'field')
  else if (!isPath(rule.detectedAt)) add('detectedAt', 'path')
  if (rule.messageId === '') add('messageId', 'field')
  else if (rule.messageId.startsWith('=')) add('messageId', 'fixed_id')
  else if (!isPath(rule.messageId)) add('messageId', 'path')
  if (rule.items !== '' && !isPath(rule.items)) add('items', 'path')
  return found
}

/** What the broker is asked for: a level that says something is any level. */
export const filterOf = (topic: string): string =>
  topic
    .split('/')
    .map((level) => (inTopic.some((name) => level === `{${name}}`) ? '+' : level))
    .join('/')

export type Said = Partial<Record<(typeof inTopic)[number], string>>

/** What a topic says by the rule; null = it is not of this rule. */
export function matchTopic(rule: TopicRule, topic: string): Said | null {
  const [wanted, given] = [rule.topic.split('/'), topic.split('/')]
  const said: Said = {}
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return said
    const own = given[i]
    if (own === undefined) return null
    const name = inTopic.find((one) => level === `{${one}}`)
    if (name) said[name] = own
    else if (level !== '+' && level !== own) return null
  }
  // `a/#` is of `a` too
  return given.length === wanted.length ? said : null
}

/** The first rule that has the topic. */
export function findRule(rules: readonly TopicRule[], topic: string): { readonly rule: TopicRule; readonly said: Said } | null {
  for (const rule of rules) {
    const said =
      matchTopic(rule, topic) ?? (rule.topic.endsWith('/#') ? matchTopic({ ...rule, topic: rule.topic.slice(0, -2) }, topic) : null)
    if (said) return { rule, said }
  }
  return null
}
