/** Company people may point Andon only at public addresses and at networks that the operator opened. */
import { TargetRefusedError } from '../../platform/net/index.ts'
import { guardedAddress, type PlantOptions } from '../model/index.ts'
import { problem } from './problems.ts'

/** The address to connect to. Throws 422 `plant_host_unknown`, `plant_host_closed`. */
export async function guarded(url: string, { openNetworks = [] }: Pick<PlantOptions, 'openNetworks'>): Promise<string> {
  try {
    return await guardedAddress(url, openNetworks)
  } catch (error) {
    if (!(error instanceof TargetRefusedError)) throw error
    throw problem(error.kind === 'unknown' ? 'plant_host_unknown' : 'plant_host_closed', { parameters: { host: error.host }, cause: error })
  }
}
