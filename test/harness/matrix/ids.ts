/** Which parts of a request name something of a company. A route whose parts cannot be told stops the test: classify it here. */
import type { RegisteredRoute } from '../../../src/platform/http/index.ts'

/** What a company has that others could name. */
export type IdKind = 'plant_edit' | 'company' | 'slug' | 'user' | 'session' | 'invitation' | 'api_key' | 'display' | 'scrap_note' | 'file'
export type Ids = Readonly<Record<IdKind, readonly string[]>>

/** Path parameters: the first pattern that matches `url` decides. `plain`: a word or number that is no object of a company. */
const pathKinds: readonly (readonly [url: RegExp, parameter: string, kind: IdKind | 'plain'])[] = [
  [/^\/t\/:company/, 'company', 'slug'],
  [/users\/:ref/, 'ref', 'user'],
  [/users\/:user/, 'user', 'user'],
  [/users\/:user\/:action/, 'action', 'plain'],
  [/tenants\/:ref/, 'ref', 'company'],
  [/(companies|company|empresas)\/:ref/, 'ref', 'company'],
  [/sessions\/:uuid/, 'uuid', 'session'],
  [/invitations\/:id/, 'id', 'invitation'],
  [/api-keys\/:id/, 'id', 'api_key'],
  [/displays\/:id/, 'id', 'display'],
  [/files\/:uuid/, 'uuid', 'file'],
  [/avatar\/:file|logo\/:file/, 'file', 'file'],
  [/operator-pins\/:user_id/, 'user_id', 'user'],
  // a word that the company chose: another company's is not in reach
  [/broker\/|plant\/sources\//, 'api_key', 'plain'],
  [/\/(departments|countries|regions|provinces|cities|industries)\/:id/, 'id', 'plain'],
  [/brand\/:color/, 'color', 'plain'],
  [/filters\/:class/, 'class', 'plain'],
  [/\/(production|plant)\/(lines|areas|products|shifts|filters|failures|incidents)\/:id/, 'id', 'plain'],
  // numbers of the plant that the request is bound to
  [/\/downtime\/:line_id/, 'line_id', 'plain'],
  [/\/detections\/:line_id/, 'line_id', 'plain'],
  [/\/downtime\/stops\/:line_id/, 'line_id', 'plain'],
  [/\/detections\/partitions\/(ensure\/)?:line_id/, 'line_id', 'plain'],
  [/\/downtime\/stops\/:line_id\/:ref/, 'ref', 'plain'],
  [/\/downtime\/:line_id\/:event_id/, 'event_id', 'plain'],
  [/\/(production|plant)\/edits\/:edit/, 'edit', 'plant_edit'],
  [/role\/:role/, 'role', 'plain'],
  [/dashboards\/:role/, 'role', 'plain'],
  [/(my-dashboard|dashboards\/:role)\/widgets\/:id/, 'id', 'plain'],
  [/:token/, 'token', 'plain'],
]

/** Words that stand in the place of plain parameters, so that the request gets to its check; else `1`. */
export const plainWords: Readonly<Record<string, string>> = { action: 'disable', role: 'VIEWER' }

export const parametersOf = (url: string): string[] => [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

/** Null = nobody has said what it is. */
export function kindOfParameter(url: string, parameter: string): IdKind | 'plain' | null {
  return pathKinds.find(([pattern, name]) => name === parameter && pattern.test(url))?.[2] ?? null
}

/** Fields of query and body that name something of a company. Line, area, product and shift ids are numbers of the plant that the
 *  request is already bound to: another plant's cannot be named at all. */
const fieldKinds: Readonly<Record<string, IdKind>> = {
  company_id: 'company',
  tenant_id: 'company',
  company_slug: 'slug',
  user_id: 'user',
  user: 'user',
  session_id: 'session',
  session_uuid: 'session',
  invitation_id: 'invitation',
  key_id: 'api_key',
  display_id: 'display',
  note_id: 'scrap_note',
  signer: 'user',
  file_id: 'file',
  approved_by: 'user',
  invited_by: 'user',
  uuid: 'session',
}
/** Numbers of the plant, of the public catalogues, or of papers: they name nothing of a company of ours. */
export const ofNobody: ReadonlySet<string> = new Set([
  'line_id',
  'line_ids',
  'event_id',
  'plant_id',
  'plant_ids',
  'area_id',
  'area_ids',
  'product_id',
  'product_ids',
  'shift_id',
  'shift_ids',
  'widget_id',
  'widget_ids',
  'group_id',
  'failure_id',
  'incident_id',
  'filter_id',
  'region_id',
  'province_id',
  'city_id',
  'parent_id',
  'department_id',
  'request_id',
  // a position of the plant that the request is bound to
  'last_event_id',
  // of random bytes that the server handed out: it names no row
  'pad_id',
  // of an external source: a word that the company chose
  'api_id',
  'entity_id',
  'filter_ids',
  'national_id',
  'tax_id',
])

type Schema = { readonly properties?: Readonly<Record<string, unknown>> } | undefined

export function fieldsOf(
  route: RegisteredRoute,
  part: 'query' | 'body',
): { readonly ids: readonly (readonly [string, IdKind])[]; readonly unknown: readonly string[] } {
  const names = Object.keys((route[part] as Schema)?.properties ?? {})
  const ids = names.flatMap((name): (readonly [string, IdKind])[] =>
    Object.hasOwn(fieldKinds, name) ? [[name, fieldKinds[name] as IdKind]] : [],
  )
  const unknown = names.filter((name) => /(^|_)(id|ids|uuid|ref)$/.test(name) && !Object.hasOwn(fieldKinds, name) && !ofNobody.has(name))
  return { ids, unknown }
}
