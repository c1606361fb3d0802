/** One stop: what it is, why, and what may be done with it. */
import type { Problem } from '../../../platform/http/index.ts'
import { formatDuration, formatInstant, formatLocalDateTime } from '../../../platform/i18n/index.ts'
import { badge, banner, type Html, html, hx, icon } from '../../../platform/ui/index.ts'
import { personsText } from '../../downtime/index.ts'
import type { Stop } from '../../facts/index.ts'
import type { ReasonTree } from '../../stops/index.ts'
import { downtimePaths } from '../paths.ts'
import { refText } from '../stop-ref.ts'
import { words } from './messages.ts'
import type { Rights } from './model.ts'
import { endText, reasonText } from './reason-text.ts'
import { type DoneKind, sheetWords } from './sheet-messages.ts'
import { inputTime, reasonButtons, refusalBanner, type SheetPlace, sheetForm, sheetHead, textField, timeField } from './sheet-parts.ts'

/** What somebody had typed or chosen when it was refused: it is not lost. */
export type Typed = {
  readonly code: number | null
  readonly text: string
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly at?: string | undefined
}

export type StopSheet = SheetPlace & {
  readonly slug: string
  readonly query: URLSearchParams
  readonly rights: Rights
  readonly stop: Stop
  readonly version: string | null
  readonly lineName: string
  readonly edited: { readonly by: string; readonly atMs: number } | null
  readonly timeZone: string
  readonly tree: ReasonTree | null
  /** What was said of it while it goes on. */
  readonly pending: { readonly by: string; readonly words: string } | null
  /** Null = this stop alone. */
  readonly walk: { readonly left: number; readonly next: { readonly lineId: number; readonly ref: string } | null } | null
  readonly done: DoneKind | null
  readonly problem: Problem | null
  readonly typed: Typed | null
}

export function stopSheet(sheet: StopSheet): Html {
  const { page, stop, rights, problem, done, lineName } = sheet
  const { language } = page
  const t = sheetWords(language)
  const isLive = stop.source === 'live'
  const isEditable = !isLive
  return html`
  <div class="sheet__content"${done ? html` data-board-stale` : ''}>
    ${sheetHead(t('stop.title', { line: lineName }), factsOf(sheet))}
    ${done ? banner({ tone: 'success', body: t(`done.${done}`) }) : ''}
    ${problem ? refusalBanner(problem, language, problem.code === 'edited_meanwhile' ? nowSays(sheet) : html``) : ''}
    ${isLive ? html`<p class="muted">${t('stop.live')}</p>` : ''}
    ${sheet.pending ? banner({ tone: 'info', body: t('stop.pending', { by: sheet.pending.by, reason: sheet.pending.words }) }) : ''}
    ${rights.mayExplain ? reasonForm(sheet) : html`<p class="muted">${t('stop.view_only')}</p>`}
    ${rights.mayChange && isEditable ? changes(sheet) : ''}
    ${rights.mayDelete && isEditable ? deletion(sheet) : ''}
  </div>`
}

function factsOf({ page, stop, edited, timeZone }: StopSheet): Html {
  const { language } = page
  const [t, w] = [sheetWords(language), words(language)]
  const at = (localS: number): string => formatLocalDateTime(localS, language, true)
  const { recorded } = stop
  const isCut = recorded !== null && (recorded.startLocalS !== stop.startLocalS || recorded.endLocalS !== stop.endLocalS)
  return html`
  <p class="sheet__facts"><strong>${at(stop.startLocalS)} – ${stop.source === 'live' ? w('list.ongoing') : endText(stop, language)}</strong> <span>${formatDuration(stop.durationS)}</span> ${badge({ label: w(stop.isPlanned ? 'source.planned' : `source.${stop.source}`) })} ${badge({ label: w(`category.${stop.category}`) })}</p>
  ${isCut && recorded ? html`<p class="muted small">${t('stop.cut', { start: at(recorded.startLocalS), end: at(recorded.endLocalS) })}</p>` : ''}
  <p class="sheet__now"><span class="muted">${t('stop.now')}:</span> <strong>${reasonText(stop, language)}</strong>${edited ? html` <span class="muted small">${t('stop.edited', { by: edited.by, at: formatInstant(edited.atMs, language, timeZone) })}</span>` : ''}</p>`
}

/** What the row says after the other's edit. */
const nowSays = ({ page, stop }: StopSheet): Html => {
  const { language } = page
  const at = (localS: number): string => formatLocalDateTime(localS, language, true)
  return html`<p>${sheetWords(language)('stop.now')}: <strong>${reasonText(stop, language)}</strong> (${at(stop.startLocalS)} – ${at(stop.endLocalS)})</p>`
}

const hidden = ({ version, walk }: StopSheet): Html =>
  html`<input type="hidden" name="version" value="${version ?? ''}">${walk ? html`<input type="hidden" name="walk" value="1">` : ''}`

function reasonForm(sheet: StopSheet): Html {
  const { page, slug, query, stop, tree, typed, walk } = sheet
  const { language } = page
  const t = sheetWords(language)
  const code = stop.recorded?.reasonCode ?? null
  const action = downtimePaths.act(slug, stop.lineId, refText(stop), 'reason', query)
  const wanted = typed && typed.code !== null && typed.code !== code ? labelOf(tree, typed.code) : null
  const left = walk && (walk.left <= 1 ? t('walk.left.one') : t('walk.left', { count: walk.left }))
  const skip = walk?.next ? page.url(downtimePaths.stop(slug, walk.next.lineId, walk.next.ref, query)) : null
  return html`
  ${sheetForm(
    sheet,
    action,
    html`${hidden(sheet)}
    ${wanted !== null && typed ? html`<button class="btn btn--primary" type="submit" name="code" value="${typed.code ?? ''}" id="keep-choice"><span>${t('reason.keep', { reason: wanted })}</span></button>` : ''}
    ${tree ? reasonButtons(tree, code, language) : ''}
    ${textField(language, typed?.text ?? personsText(stop) ?? '')}
    <div class="cluster"><button class="btn btn--secondary" type="submit" name="code" value="${code ?? ''}" id="save-text"><span>${t('reason.save')}</span></button>${left ? html`<span class="muted small">${left}</span>` : ''}${skip ? html`<a class="btn btn--quiet" id="skip" href="${skip}"${hx(page, { get: skip, target: '#sheet-body', swap: 'innerHTML' })}>${t('walk.skip')}</a>` : ''}</div>`,
    'stack sheet__reason',
  )}`
}

function labelOf(tree: ReasonTree | null, code: number): string {
  for (const failure of tree?.failures ?? []) {
    if (failure.code === code) return failure.description || failure.name
    const incident = failure.incidents.find((one) => one.code === code)
    if (incident) return incident.description
  }
  return String(code)
}

function changes(sheet: StopSheet): Html {
  const { slug, query, stop, typed, problem } = sheet
  const t = sheetWords(sheet.page.language)
  const act = (name: 'times' | 'split'): string => downtimePaths.act(slug, stop.lineId, refText(stop), name, query)
  const whole = stop.recorded ?? { startLocalS: stop.startLocalS, endLocalS: stop.endLocalS }
  const middle = Math.floor((whole.startLocalS + whole.endLocalS) / 2)
  const overlaps = problem?.code === 'stop_overlaps'
  return html`
  <details class="disclosure" id="sheet-times"${typed?.start === undefined ? '' : html` open`}><summary>${t('times.title')}</summary>
    ${sheetForm(
      sheet,
      act('times'),
      html`${hidden(sheet)}<div class="form-grid">${timeField('start', t('times.start'), typed?.start ?? inputTime(whole.startLocalS))}${timeField('end', t('times.end'), typed?.end ?? inputTime(whole.endLocalS))}</div>
    <div class="cluster"><button class="btn btn--secondary" type="submit" id="save-times"><span>${t('times.save')}</span></button>${overlaps ? html`<button class="btn btn--danger" type="submit" name="force" value="1" id="force-times"><span>${t('times.force')}</span></button>` : ''}</div>`,
    )}
  </details>
  <details class="disclosure" id="sheet-split"${typed?.at === undefined ? '' : html` open`}><summary>${t('split.title')}</summary>
    ${sheetForm(sheet, act('split'), html`${hidden(sheet)}${timeField('at', t('split.at'), typed?.at ?? inputTime(middle))}<div class="cluster"><button class="btn btn--secondary" type="submit" id="save-split"><span>${t('split.save')}</span></button></div>`)}
  </details>`
}

function deletion(sheet: StopSheet): Html {
  const { slug, query, stop } = sheet
  const t = sheetWords(sheet.page.language)
  return html`
  <details class="disclosure" id="sheet-delete"><summary>${t('delete.title')}</summary>
    ${sheetForm(sheet, downtimePaths.act(slug, stop.lineId, refText(stop), 'delete', query), html`${hidden(sheet)}<p>${t(stop.source === 'manual' ? 'delete.manual' : 'delete.automatic')}</p><div class="cluster"><button class="btn btn--danger" type="submit" id="confirm-delete">${icon('delete')}<span>${t('delete.save')}</span></button></div>`)}
  </details>`
}
