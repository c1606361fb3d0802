/** The backups that are there, and which of them are old enough to go. */
import { listFolders, pruneFolders } from '../../platform/backup/index.ts'
import type { BackupDeps } from './make.ts'
import { type Manifest, manifestOf } from './manifest.ts'

export type KeptBackup = {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly createdAtMs: number
  readonly manifest: Manifest
}
export type Kept = {
  readonly backups: readonly KeptBackup[]
  readonly broken: readonly { readonly name: string; readonly fault: string }[]
}

/** Oldest first. `broken`: folders that are none, or whose list of contents is damaged. */
export async function listBackups(dir: string): Promise<Kept> {
  const backups: KeptBackup[] = []
  const broken: { name: string; fault: string }[] = []
  for (const { name, path, sizeBytes, manifest: content, fault } of await listFolders(dir)) {
    try {
      if (fault !== null) throw new Error(fault)
      const manifest = manifestOf({ name, manifest: content })
      backups.push({ name, path, sizeBytes, manifest, createdAtMs: Date.parse(manifest.createdAt) })
    } catch (error) {
      broken.push({ name, fault: (error as Error).message })
    }
  }
  return { backups: backups.sort((a, b) => a.createdAtMs - b.createdAtMs), broken }
}

/** Pure. The newest of everything stays however old it is: a worker that stood still for a month must not leave nothing. */
export function outlived(backups: readonly KeptBackup[], nowMs: number, retentionDays: number): KeptBackup[] {
  const newestFull = backups.filter(({ manifest }) => manifest.kind === 'full').at(-1)
  return backups.filter((backup) => backup !== newestFull && backup.createdAtMs < nowMs - retentionDays * 86_400_000)
}

export async function pruneBackups(
  { config, clock }: Pick<BackupDeps, 'config' | 'clock'>,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<KeptBackup[]> {
  const { dir, retentionDays } = config.backup
  const gone = outlived((await listBackups(dir)).backups, clock.nowMs(), retentionDays)
  if (!dryRun)
    await pruneFolders(
      dir,
      gone.map(({ name }) => name),
      clock.nowMs(),
    )
  return gone
}
