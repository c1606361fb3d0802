/** Addresses of plant databases: the same one told twice, and the same one with another account. Never shown, never logged. Pure. */
import { parseDatabaseUrl } from '../../platform/db/index.ts'

/** Two addresses with one key are one database, whatever the account. */
export function databaseKey(url: string): string {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite') return `sqlite ${address.file}`
  const host = address.host.toLowerCase()
  const place = address.socketPath ?? `${isThisMachine(host) ? 'localhost' : host}:${address.port}`
  return `${address.engine} ${place}/${address.database}`
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)

/** The same database with another account; null for a file, which has none. */
export function withAccount(url: string, user: string, password: string): string | null {
  if (parseDatabaseUrl(url).engine === 'sqlite') return null
  const parts = /^([^/]*\/\/)(?:[^/?#]*@)?(.*)$/s.exec(url.trim())
  return parts ? `${parts[1]}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${parts[2]}` : null
}

/** Why it cannot be used, in words that do not repeat it; null when it can. */
export function addressFault(
  url: string,
  { mayBeFile }: { readonly mayBeFile: boolean },
): { readonly es: string; readonly en: string } | null {
  try {
    const address = parseDatabaseUrl(url)
    if (address.engine !== 'sqlite') return address.database === '' ? { es: 'No nombra ninguna base', en: 'Names no database' } : null
    if (address.file === ':memory:') return { es: 'No nombra ningún archivo', en: 'Names no file' }
    // Whoever has the platform's page must not read every file of the machine with it.
    return mayBeFile
      ? null
      : {
          es: 'Un archivo de este equipo se conecta desde su línea de comandos: andon tenant attach',
          en: 'A file of this machine is attached from its command line: andon tenant attach',
        }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { es: `La dirección no es válida (${reason})`, en: `The address is not valid: it ${reason}` }
  }
}
