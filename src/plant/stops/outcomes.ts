/** What came of giving reasons and of calculating anew, as the API tells it. Pure. */
import type { Problem } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { formatDurationS, type Zone } from '../../platform/time/index.ts'
import type { JustifyOutcome } from './edit.ts'
import { apiStoredStop, localIso } from './present.ts'
import type { PreviewRow } from './recalculate.ts'

export const messageOf = (
  { inserted, updated, deleted, kept }: { inserted: number; updated: number; deleted: number; kept: number },
  isDryRun: boolean,
) => ({
  es: `${isDryRun ? 'Se agregarían' : 'Agregadas'} ${inserted}, ${isDryRun ? 'se cambiarían' : 'cambiadas'} ${updated}, ${isDryRun ? 'se quitarían' : 'quitadas'} ${deleted}; ${kept} quedan como están.`,
  en: `${isDryRun ? 'To insert' : 'Inserted'} ${inserted}, ${isDryRun ? 'to update' : 'updated'} ${updated}, ${isDryRun ? 'to delete' : 'deleted'} ${deleted}; ${kept} stay as they are.`,
})

export const previewOf = ({ action, lineId, eventId, span, startLocalS, endLocalS, was }: PreviewRow, zone: Zone) => ({
  action,
  line_id: lineId,
  event_id: eventId,
  start_time: localIso(startLocalS),
  end_time: localIso(endLocalS),
  start_epoch: span.fromS,
  end_epoch: span.toS,
  duration: span.toS - span.fromS,
  duration_formatted: formatDurationS(span.toS - span.fromS),
  was_start_time: was && localIso(zone.toLocalS(was.fromS)),
  was_end_time: was && localIso(zone.toLocalS(was.toS)),
})

export function outcomeOf(outcome: JustifyOutcome, language: Language) {
  if (outcome.ok) {
    const { result } = outcome
    return {
      ok: true,
      pending: result.kind === 'pending',
      stop: result.kind === 'stored' ? apiStoredStop(result.stop) : null,
      problem: null,
    }
  }
  return { ok: false, pending: false, stop: null, problem: refusalOf(outcome.problem, language) }
}

type Refused = Pick<Problem, 'code' | 'status' | 'spec' | 'options' | 'detail'>
type Current = ReturnType<typeof apiStoredStop> | null

function refusalOf(refused: Refused, language: Language) {
  const { fields, extra } = refused.options
  const fieldTexts = (fields ?? []).map(({ message }) => message[language]).join('. ')
  return {
    code: refused.code,
    status: refused.status,
    title: refused.spec.title[language],
    detail: fieldTexts || refused.detail(language),
    current: (extra?.current as Current | undefined) ?? null,
    edited_by: (extra?.edited_by as string | null | undefined) ?? null,
    edited_at: (extra?.edited_at as string | null | undefined) ?? null,
  }
}
