/** Saving layouts: one wins, the other is told who and when; the last twenty can be had back. */
import { type Actor, type originOf, recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson, lockRow, transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { LayoutJson } from './layout-json.ts'
import { type LayoutOwner, ownerKey } from './layout-owner.ts'
import {
  currentText,
  deleteCurrent,
  deleteVersionsUpTo,
  insertVersion,
  listVersions,
  type VersionRow,
  writeCurrent,
} from './layout-queries.ts'
import { problem } from './problems.ts'

/** As many as can be had back. */
export const keptVersions = 20

export type StoredLayout = {
  /** What counts now, parsed; undefined when it is not JSON; null when there is none. */
  readonly layout: unknown
  /** 0 = there never was one. */
  readonly version: number
  /** Who saved this version and when; null when it was not the editor (an import, somebody at the database). */
  readonly saved: { readonly by: string; readonly atMs: number } | null
}

type Current = StoredLayout & { readonly text: string | null; readonly newest: VersionRow | null; readonly isForeign: boolean }

async function readCurrent(db: TenantDb, owner: LayoutOwner): Promise<Current> {
  const text = await currentText(db, owner)
  const newest = (await listVersions(db, owner, 1))[0] ?? null
  const isForeign = text !== (newest?.layoutText ?? null)
  const decoded = text === null ? null : decodeJson(text)
  const { version, savedBy, savedAtMs } = newest ?? { version: 0, savedBy: null, savedAtMs: 0 }
  return {
    text,
    newest,
    isForeign,
    layout: decoded === null ? null : decoded.ok ? decoded.value : undefined,
    // what came past the editor is a version too, though nobody wrote it down
    version: version + (isForeign ? 1 : 0),
    saved: isForeign || savedBy === null ? null : { by: savedBy, atMs: savedAtMs },
  }
}

export async function readStoredLayout(db: TenantDb, owner: LayoutOwner): Promise<StoredLayout> {
  const { layout, version, saved } = await readCurrent(db, owner)
  return { layout, version, saved }
}

type LayoutVersion = {
  readonly version: number
  readonly by: string | null
  readonly atMs: number
  /** Undefined when it is not JSON; null: taken away. */
  readonly layout: unknown
}

/** Newest first, at most `keptVersions`. */
export async function layoutHistory(db: TenantDb, owner: LayoutOwner): Promise<LayoutVersion[]> {
  const rows = await listVersions(db, owner, keptVersions)
  return rows.map(({ version, savedBy, savedAtMs, layoutText }) => {
    const decoded = layoutText === null ? null : decodeJson(layoutText)
    return { version, by: savedBy, atMs: savedAtMs, layout: decoded === null ? null : decoded.ok ? decoded.value : undefined }
  })
}

const meanwhile = ({ saved }: Pick<StoredLayout, 'saved'>) =>
  problem('layout_edited_meanwhile', {
    parameters: { by: saved?.by ?? '—', at: saved ? `${new Date(saved.atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC` : '—' },
    extra: { saved_by: saved?.by ?? null, saved_at: saved ? new Date(saved.atMs).toISOString() : null },
  })

export type SaveDeps = { readonly clock: Clock; readonly layouts: { readonly forget: (tenantId: number) => void } }
export type Save = {
  readonly owner: LayoutOwner
  /** Null takes it away: the next step of the chain counts again. */
  readonly layout: LayoutJson | null
  /** What the editor showed. */
  readonly seenVersion: number
  readonly origin: ReturnType<typeof originOf>
}

/** Answers the new version. Throws 409 `layout_edited_meanwhile`, naming who and when. The layout was checked. */
export async function saveLayout(
  db: TenantDb,
  deps: SaveDeps,
  actor: Actor,
  { owner, layout, seenVersion, origin }: Save,
): Promise<number> {
  const version = await transaction(db, async (tx) => {
    // what counts and what it was are two rows: nobody changes one of them between the two readings
    await lockRow(tx, 'tenants', { id: db.tenantId })
    const current = await readCurrent(tx, owner)
    if (current.version !== seenVersion) throw meanwhile(current)
    if (layout === null && current.text === null) return current.version
    const nowMs = deps.clock.nowMs()
    if (current.isForeign) {
      const foreign = { version: current.version, layoutText: current.text, savedBy: null, savedAtMs: nowMs }
      if (!(await insertVersion(tx, owner, foreign))) throw meanwhile(await readCurrent(tx, owner))
    }
    const text = layout && JSON.stringify(layout)
    const next = current.version + 1
    const row = { version: next, layoutText: text, savedBy: actor.username, savedAtMs: nowMs }
    // the unique number lets one of two win
    if (!(await insertVersion(tx, owner, row))) throw meanwhile(await readCurrent(tx, owner))
    if (text === null) await deleteCurrent(tx, owner)
    else await writeCurrent(tx, owner, { text, version: next, nowMs })
    await deleteVersionsUpTo(tx, owner, next - keptVersions)
    await recordAudit(tx, deps, actor, text === null ? 'DELETE' : current.text === null ? 'CREATE' : 'UPDATE', {
      tenantId: db.tenantId,
      entityType: 'dashboard_layout',
      entityId: ownerKey(owner),
      origin,
      data: { version: next, ...(layout && { widgets: layout.widgets.length, filters: layout.filters.length, tabs: layout.tabs.length }) },
    })
    return next
  })
  deps.layouts.forget(db.tenantId)
  return version
}
