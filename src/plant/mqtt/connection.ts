/** A company's broker: where it is, who we are there, and how it stands. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { TopicRule } from './rule.ts'

export type Broker = {
  readonly url: string
  readonly username: string
  readonly password: string | null
  readonly clientId: string
}

/** `blocked`: connected, but what comes cannot be kept now; nothing is acknowledged meanwhile. */
export const states = ['off', 'starting', 'connected', 'waiting', 'blocked'] as const
export type ConnectionState = (typeof states)[number]

export type Connection = Broker & {
  readonly connectionId: number
  readonly tenantId: number
  readonly rules: readonly TopicRule[]
  readonly subscribed: readonly string[]
  readonly isEnabled: boolean
  readonly version: number
  readonly state: ConnectionState
  readonly stateDetail: Text | null
  readonly stateAtMs: number
  readonly received: number
  readonly acceptedRows: number
  readonly refused: number
  /** A process listens for it now, or did until then. */
  readonly leaseUntilMs: number
}

const faults = {
  url: {
    es: 'Una dirección como mqtts://broker.example.com:8883, sin usuario ni contraseña',
    en: 'An address as mqtts://broker.example.com:8883, without user or password',
  },
  again: {
    es: 'La dirección cambió de servidor: escriba otra vez la contraseña',
    en: 'The address leads to another server: write the password again',
  },
  text: { es: 'Un texto de hasta 200 letras', en: 'A text of at most 200 characters' },
  user: { es: 'Una contraseña necesita un usuario', en: 'A password needs a user' },
} as const satisfies Record<string, Text>

export type BrokerForm = { readonly url: string; readonly username: string; readonly password: string }

/** `known`: what is stored. An empty password leaves it as it is, unless the address leads elsewhere. */
export function readBroker(form: BrokerForm, known: Broker | null): { broker: Omit<Broker, 'clientId'> | null; fields: ProblemField[] } {
  const fields: ProblemField[] = []
  const add = (path: string, rule: keyof typeof faults) => fields.push({ path, rule, message: faults[rule] })
  const url = readUrl(form.url)
  if (!url) add('url', 'url')
  const username = form.username.trim()
  const isText = (text: string) => [...text].length <= 200 && !/\p{Cc}/u.test(text)
  if (!isText(username)) add('username', 'text')
  if (!isText(form.password)) add('password', 'text')
  const elsewhere = known !== null && url !== null && known.url !== url
  if (elsewhere && known.password !== null && form.password === '' && username !== '') add('password', 'again')
  const password = username === '' ? null : form.password || (elsewhere || known?.username !== username ? null : known.password)
  if (username === '' && form.password !== '') add('username', 'user')
  return { broker: url && fields.length === 0 ? { url, username, password } : null, fields }
}

const ports: Readonly<Record<string, string>> = { 'mqtt:': '1883', 'mqtts:': '8883' }

/** `mqtts://host:port`; null when it is none. */
function readUrl(text: string): string | null {
  const url = text.length <= 250 ? URL.parse(text.trim()) : null
  const port = url && ports[url.protocol]
  if (!url || !port || url.hostname === '' || url.username !== '' || url.password !== '') return null
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null
  // names of other schemes are not checked by URL
  if (!/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)$/.test(url.hostname)) return null
  return `${url.protocol}//${url.hostname.toLowerCase()}:${url.port || port}`
}
