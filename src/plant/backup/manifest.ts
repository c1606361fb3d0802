/** What a backup says about itself. */
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import { BackupFaultError, type BackupFolder } from '../../platform/backup/index.ts'

const Engine = Type.Union([Type.Literal('sqlite'), Type.Literal('postgres'), Type.Literal('mysql')])

const Table = Type.Object({
  name: Type.String(),
  columns: Type.Array(Type.String()),
  key: Type.Array(Type.String()),
  lastId: Type.Union([Type.Integer(), Type.Null()]),
  file: Type.String(),
  rows: Type.Integer(),
  sum: Type.String(),
})

const Plant = Type.Object({
  tenantId: Type.Integer(),
  slug: Type.String(),
  /** A file of Andon's own making: it moves with DATA_DIR. */
  isOwn: Type.Boolean(),
  engine: Engine,
  /** Where it was, without password. */
  address: Type.String(),
  tables: Type.Array(Type.Object({ ...Table.properties, statements: Type.Array(Type.String()) })),
})

const StoredFile = Type.Object({
  tenantId: Type.Union([Type.Integer(), Type.Null()]),
  key: Type.String(),
  mime: Type.String(),
  sha256: Type.String(),
  sizeBytes: Type.Integer(),
})

const Manifest = Type.Object({
  format: Type.Literal(1),
  kind: Type.Union([Type.Literal('full'), Type.Literal('platform'), Type.Literal('tenant')]),
  /** Why it was made: `manual`, `nightly`, `before-migration`, `before-restore`. */
  reason: Type.String(),
  createdAt: Type.String(),
  version: Type.String(),
  tenant: Type.Union([
    Type.Object({ tenantId: Type.Integer(), uuid: Type.String(), slug: Type.String(), name: Type.String() }),
    Type.Null(),
  ]),
  platform: Type.Object({
    engine: Engine,
    address: Type.String(),
    /** Of the schema that the rows have, in order. */
    migrations: Type.Array(Type.String()),
    tables: Type.Array(Table),
  }),
  plants: Type.Array(Plant),
  files: Type.Array(StoredFile),
  /** What could not be read, in words; the rest is here. */
  faults: Type.Array(Type.String()),
})

export type Manifest = Static<typeof Manifest>
export type PlantBackup = Static<typeof Plant>
export type FileBackup = Static<typeof StoredFile>

/** Throws `BackupFaultError` when it is of another format. */
export function manifestOf(folder: Pick<BackupFolder, 'manifest' | 'name'>): Manifest {
  const { manifest } = folder
  const format = typeof manifest === 'object' && manifest !== null && 'format' in manifest ? manifest.format : null
  if (typeof format === 'number' && format > 1)
    throw new BackupFaultError(`${folder.name} was made by a newer version of Andon (format ${format}): restore it with that one`)
  if (!Check(Manifest, manifest)) throw new BackupFaultError(`${folder.name}: manifest.json is not one of Andon’s`)
  return manifest
}
