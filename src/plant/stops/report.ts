/** How far the job is, line by line. */
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import { readStopLines } from '../stop-store/index.ts'
import type { StopDeps } from './open.ts'

export type JobReport = Awaited<ReturnType<typeof jobReport>>

/** As the API tells it. */
export const jobReport = (deps: StopDeps & { readonly isJobEnabled: boolean }, tenantId: number) =>
  deps.plants.withPlant(tenantId, async ({ model }) => {
    const states = await readStopLines({ ...deps.db, tenantId })
    const zone = zoneOf(model.settings.timeZone)
    return {
      enabled: deps.isJobEnabled && model.settings.isStopJobOn,
      lines: model.lines
        .filter(({ isActive }) => isActive)
        .map(({ lineId, lineName }) => {
          const state = states.get(lineId)
          const untilS = state?.scanned_until_s ?? null
          return {
            line_id: lineId,
            line_name: lineName,
            stored_in: state?.stored_in ?? null,
            last_run_at: state?.last_run_at ? new Date(state.last_run_at).toISOString() : null,
            outcome: state?.last_outcome ?? null,
            stored: state?.last_stored ?? 0,
            scanned_until: untilS === null ? null : formatLocal(zone.toLocalS(untilS)).replace(' ', 'T'),
          }
        }),
    }
  })
