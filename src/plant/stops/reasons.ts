/** The reasons a person may choose, and those lately chosen. */
import type { TenantActor } from '../../identity/index.ts'
import { reasonOf } from '../downtime/index.ts'
import type { PlantModel } from '../model/index.ts'
import { recentCodes } from '../stop-store/index.ts'
import type { StopDeps } from './open.ts'

export type ReasonTree = {
  /** What codes of this company point to. */
  readonly target: 'incident' | 'failure'
  readonly failures: readonly {
    readonly failureId: number
    /** Null = only its incidents can be chosen. */
    readonly code: number | null
    readonly name: string
    readonly description: string
    readonly incidents: readonly { readonly code: number; readonly incidentCode: string; readonly description: string }[]
  }[]
  /** At most 6: of this person on this line, of the line, of this person, of anybody; the latest first. */
  readonly recent: readonly { readonly code: number; readonly label: string }[]
}

const mostRecent = 6
const recentMs = 90 * 86_400_000

/** `lineId` null = no line is nearer than others. */
export async function reasonTree(deps: StopDeps, actor: TenantActor, lineId: number | null): Promise<ReasonTree> {
  const { tenantId } = actor.tenant
  const given = await recentCodes({ ...deps.db, tenantId }, deps.clock.nowMs() - recentMs)
  return deps.plants.withPlant(tenantId, async ({ model }) => ({ ...treeOf(model), recent: recentOf(model, given, actor.userId, lineId) }))
}

type Given = Awaited<ReturnType<typeof recentCodes>>[number]

/** Pure. */
function recentOf(model: PlantModel, given: readonly Given[], userId: number, lineId: number | null): ReasonTree['recent'] {
  const nearness = (one: Given): number => (one.lineId === lineId ? 2 : 0) + (one.userId === userId ? 1 : 0)
  const sorted = [...given].sort((a, b) => nearness(b) - nearness(a) || b.atMs - a.atMs || a.code - b.code)
  return [...new Set(sorted.map(({ code }) => code))]
    .map((code) => ({ code, reason: reasonOf(model, code) }))
    .filter(({ code, reason }) => reason.isKnown && !reason.isForeign && !isRetired(model, code))
    .slice(0, mostRecent)
    .map(({ code, reason }) => ({ code, label: reason.label ?? '' }))
}

/** Out of use: its name stays on the stops that have it, nobody is to choose it. */
function isRetired({ settings, failures, incidents }: PlantModel, code: number): boolean {
  const incident = settings.reasonTarget === 'incident' ? incidents.get(code) : undefined
  return (incident?.isRetired ?? failures.get(incident?.failureId ?? code)?.isRetired) === true
}

function treeOf({ settings, failures, incidents }: PlantModel): Pick<ReasonTree, 'target' | 'failures'> {
  const isIncident = settings.reasonTarget === 'incident'
  return {
    target: settings.reasonTarget,
    failures: [...failures.values()]
      .filter((failure) => !failure.isRetired)
      .map(({ failureId, typeFailure, description }) => ({
        failureId,
        code: isIncident ? null : failureId,
        name: typeFailure,
        description,
        incidents: isIncident
          ? [...incidents.values()]
              .filter((incident) => incident.failureId === failureId && !incident.isRetired)
              .map((incident) => ({
                code: incident.incidentId,
                incidentCode: incident.incidentCode,
                description: incident.description,
              }))
              .sort((a, b) => a.incidentCode.localeCompare(b.incidentCode) || a.code - b.code)
          : [],
      }))
      .filter(({ code, incidents: own }) => code !== null || own.length > 0)
      .sort((a, b) => a.name.localeCompare(b.name) || a.failureId - b.failureId),
  }
}
