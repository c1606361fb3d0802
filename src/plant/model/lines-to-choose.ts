import { Problem } from '../../platform/http/problem.ts'
import type { Plants } from './plants.ts'

/** Active lines by name, for whoever chooses among them. A plant that is not there yet, or cannot be reached, has none to offer. */
export async function linesToChoose(
  plants: Pick<Plants, 'withPlant'>,
  tenantId: number,
): Promise<{ readonly lineId: number; readonly name: string }[]> {
  try {
    return await plants.withPlant(tenantId, async ({ model }) =>
      model.lines.filter(({ isActive }) => isActive).map(({ lineId, lineName }) => ({ lineId, name: lineName })),
    )
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}
