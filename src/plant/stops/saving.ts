/** What goes with every change of a stop: the audit row with before and after, who edited last, and word to open pages. */

import { recordAudit } from '../../identity/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import type { StoredEvent } from '../downtime/index.ts'
import { isPlatformId, noteChange, noteEdit, type StopAction, type StopEdit } from '../stop-store/index.ts'
import { versionOfEvent } from './content.ts'
import type { LineStore } from './line-store.ts'
import type { Editor, StoredStop } from './stored-stop.ts'

/** Null: the system. A name alone: somebody who said it before. */
export type By = Editor | { readonly name: string; readonly userId: number | null } | null

export const nameOf = (by: By): string => (by === null ? 'Andon' : 'name' in by ? by.name : (by.signedBy ?? by.actor.username))
const userIdOf = (by: By): number | null => (by === null ? null : 'name' in by ? by.userId : by.actor.userId)
/** Who is written into the audit log, and where the request came from. */
export const auditorOf = (by: By) => {
  const userId = userIdOf(by)
  const editor = by !== null && 'actor' in by ? by : null
  return {
    actor: editor?.actor ?? (userId === null ? null : { userId }),
    origin: editor?.origin ? { origin: editor.origin } : {},
    signed: editor?.signedBy === undefined ? {} : { signed_by: editor.signedBy },
  }
}

export type Change = {
  readonly action: StopAction
  readonly before: StoredEvent | null
  readonly after: StoredEvent | null
  /** Beside what the rows say. */
  readonly note?: Readonly<Record<string, unknown>>
}

const auditAction = ({ before, after }: Change): 'CREATE' | 'UPDATE' | 'DELETE' =>
  before === null ? 'CREATE' : after === null ? 'DELETE' : 'UPDATE'

const told = (event: StoredEvent | null) =>
  event && {
    event_id: event.eventId,
    start_time: formatLocal(event.startLocalS),
    end_time: formatLocal(event.endLocalS),
    start_epoch: event.span.fromS,
    end_epoch: event.span.toS,
    duration: event.span.toS - event.span.fromS,
    reason_code: event.reasonCode,
    reason: event.reasonText,
    is_manual: event.isManual,
  }

/** In the transaction of the change. */
export async function noteChanges(
  deps: { readonly clock: Clock },
  by: By,
  store: LineStore,
  lineId: number,
  changes: readonly Change[],
): Promise<void> {
  const { tx } = store
  const atMs = deps.clock.nowMs()
  const auditor = auditorOf(by)
  for (const change of changes) {
    const row = change.after ?? change.before
    if (!row) continue
    const { eventId } = row
    await noteEdit(tx, {
      lineId,
      eventId,
      action: change.action,
      version: change.after ? versionOfEvent(change.after) : '',
      by: nameOf(by),
      userId: userIdOf(by),
      atMs,
      reasonCode: change.after?.reasonCode ?? null,
    })
    await recordAudit(tx, deps, auditor.actor, auditAction(change), {
      tenantId: tx.tenantId,
      entityType: 'stop',
      entityId: `${lineId}/${eventId}`,
      ...auditor.origin,
      data: {
        line_id: lineId,
        what: change.action,
        stored_in: isPlatformId(eventId) ? 'platform' : store.storedIn,
        before: told(change.before),
        after: told(change.after),
        ...auditor.signed,
        ...change.note,
      },
    })
  }
  if (changes.length > 0) await noteChange(tx, lineId, atMs)
}

/** `edit` counts while the row is what it left. */
export function storedStop(lineId: number, event: StoredEvent, storedIn: StoredStop['storedIn'], edit: StopEdit | undefined): StoredStop {
  const version = versionOfEvent(event)
  const isLast = edit?.version === version
  return {
    lineId,
    eventId: event.eventId,
    storedIn: isPlatformId(event.eventId) ? 'platform' : storedIn,
    span: event.span,
    startLocalS: event.startLocalS,
    endLocalS: event.endLocalS,
    durationS: event.span.toS - event.span.fromS,
    reasonCode: event.reasonCode,
    reasonText: event.reasonText,
    isManual: event.isManual,
    version,
    editedBy: isLast ? edit.by : null,
    editedAtMs: isLast ? edit.atMs : null,
  }
}
