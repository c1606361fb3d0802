/** What the routes of these pages have in common. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { fieldErrorsOf, Problem } from '../../../platform/http/index.ts'
import { formatInstant } from '../../../platform/i18n/index.ts'
import type { EffectDeps } from '../../configuration/index.ts'
import type { Entity, PlantModel } from '../../model/index.ts'
import { definitions } from '../definitions.ts'
import { select } from '../listing.ts'
import { tenantOf } from '../routes.ts'
import { type EditingDeps, readRecords } from '../service.ts'
import type { PlantRecord } from '../values.ts'

export type EditingPageDeps = EditingDeps & EffectDeps

export const tags = ['pages']
export const access = 'configure_plant'
export const company = { company: Type.String({ maxLength: 100 }) }
export const CompanyPath = Type.Object(company)
export const OnePath = Type.Object({ ...company, id: Type.Integer({ minimum: 1 }) })
export const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
export const rate = { bucket: 'plant-edits', perMinute: 120 } as const

export const entityNamed = (word: string | undefined): Entity =>
  (Object.keys(definitions) as Entity[]).find((entity) => entity === word) ?? 'line'

export const modelOf = ({ plants }: EditingPageDeps, request: FastifyRequest): Promise<PlantModel> =>
  plants.withPlant(tenantOf(request), async ({ model }) => model)

/** Of a line, in their order. */
export async function areasOf(deps: EditingPageDeps, request: FastifyRequest, lineId: number): Promise<PlantRecord[]> {
  const { records } = await readRecords(deps, tenantOf(request), 'area')
  return select(records, { where: { line_id: lineId }, sort: 'area_order' })
}

/** What is said on the page; everything else is a bug, or a database that does not answer. */
export const isRefusal = (error: unknown): error is Problem => error instanceof Problem && error.status < 500

/** Why, in full; who and when in the plant's own time. */
export function refusalOf(request: FastifyRequest, error: Problem, { settings }: PlantModel): string {
  const faults = Object.values(fieldErrorsOf(error, request.language))
  if (faults.length > 0) return faults.join('. ')
  const at = error.options.extra?.edited_at
  if (error.code !== 'edit_conflict' || typeof at !== 'string') return error.detail(request.language)
  const when = formatInstant(Date.parse(at), request.language, settings.timeZone)
  return error.detail(request.language).replace(at, when)
}
