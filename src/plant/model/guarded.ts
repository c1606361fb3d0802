/** Where a database that a company's own people named may be. */
import { parseDatabaseUrl } from '../../platform/db/index.ts'
import { resolveTarget, TargetRefusedError } from '../../platform/net/index.ts'

/** The address to connect to instead of the name. Throws `TargetRefusedError`; sockets and files of this machine are never the company's. */
export async function guardedAddress(url: string, openNetworks: readonly string[]): Promise<string> {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite' || address.socketPath !== null) throw new TargetRefusedError('closed', 'localhost')
  return resolveTarget(address.host, openNetworks)
}
