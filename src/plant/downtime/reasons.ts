import type { PlantModel } from '../model/model.ts'

type Reason = {
  /** Null without a code; "Código N" when the code is known nowhere. */
  readonly label: string | null
  readonly failureType: string | null
  readonly failureDescription: string | null
  readonly incidentCode: string | null
  readonly incidentDescription: string | null
  readonly isKnown: boolean
  /** Known, but not in the table that the tenant says its codes point to. */
  readonly isForeign: boolean
}

const nothing = { failureType: null, failureDescription: null, incidentCode: null, incidentDescription: null, isForeign: false }

/** A code points to incidents or to failures (`reason_target`); one that is unknown there but known in the other is shown from the other (spec plant 7.4). */
export function reasonOf(model: PlantModel, reasonCode: number | null): Reason {
  if (reasonCode === null) return { ...nothing, label: null, isKnown: false }
  const target = model.settings.reasonTarget
  const first = target === 'incident' ? fromIncident(model, reasonCode) : fromFailure(model, reasonCode)
  if (first) return first
  const other = target === 'incident' ? fromFailure(model, reasonCode) : fromIncident(model, reasonCode)
  return other ? { ...other, isForeign: true } : { ...nothing, label: `Código ${reasonCode}`, isKnown: false }
}

function fromIncident(model: PlantModel, code: number): Reason | null {
  const incident = model.incidents.get(code)
  if (!incident) return null
  const failure = model.failures.get(incident.failureId)
  return {
    label: incident.description,
    failureType: failure?.typeFailure ?? null,
    failureDescription: failure?.description ?? null,
    incidentCode: incident.incidentCode,
    incidentDescription: incident.description,
    isKnown: true,
    isForeign: false,
  }
}

function fromFailure(model: PlantModel, code: number): Reason | null {
  const failure = model.failures.get(code)
  if (!failure) return null
  return {
    ...nothing,
    label: failure.description,
    failureType: failure.typeFailure,
    failureDescription: failure.description,
    isKnown: true,
  }
}
