/** How long a line may be without rows before nothing can be said of it. */
import type { PlantSettings } from '../model/index.ts'

/** Seconds; null = no limit set for the line. */
export const noDataLimitS = (
  settings: PlantSettings & { readonly noDataAfterS?: ReadonlyMap<number, number> },
  lineId: number,
): number | null => settings.noDataAfterS?.get(lineId) ?? null
