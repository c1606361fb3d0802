/** The connection as people give it: a whole address, or its parts. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'

export type AddressForm = {
  readonly url?: string | undefined
  readonly engine?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly encryption?: string | undefined
}

export const engineChoices = ['mysql', 'postgres'] as const
export const encryptionChoices = ['none', 'require', 'verify'] as const

const field = (path: string, es: string, en: string): ProblemField => ({ path, rule: 'invalid', message: { es, en } })
const required = (path: string): ProblemField => ({ path, rule: 'required', message: { es: 'Falta', en: 'Required' } })

/** The whole address wins when it is given. */
export function addressOf(form: AddressForm): { readonly url: string } | { readonly fields: readonly ProblemField[] } {
  const given = (form.url ?? '').trim()
  if (given !== '') return { url: given }
  const { engine = '', password = '', encryption = 'none' } = form
  const [host, port, database, user] = [form.host, form.port, form.database, form.user].map((text) => (text ?? '').trim()) as [
    string,
    string,
    string,
    string,
  ]
  const fields: ProblemField[] = []
  if (!engineChoices.includes(engine as 'mysql')) fields.push(field('engine', 'Elija un motor', 'Choose an engine'))
  if (host === '') fields.push(required('host'))
  else if (!/^(\[?[0-9a-f:]+\]?|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)$/i.test(host))
    fields.push(field('host', 'Un nombre o una dirección, sin http://', 'A name or an address, without http://'))
  if (port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
    fields.push(field('port', 'Un número de 1 a 65535', 'A number from 1 to 65535'))
  if (database === '') fields.push(required('database'))
  if (user === '') fields.push(required('user'))
  if (fields.length > 0) return { fields }
  const at = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const query = encryption === 'require' ? '?sslmode=require' : encryption === 'verify' ? '?sslmode=verify-full' : ''
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return { url: `${engine}://${account}@${at}${port === '' ? '' : `:${port}`}/${encodeURIComponent(database)}${query}` }
}
