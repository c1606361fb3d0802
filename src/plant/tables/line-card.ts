/** One line's table on the page: how it is, and what can be done with it. */
import { formatLocalDate, formatNumber, noValue } from '../../platform/i18n/index.ts'
import { parseLocal } from '../../platform/time/index.ts'
import { badge, banner, button, card, type Html, html, type PageContext, select, table } from '../../platform/ui/index.ts'
import { heldDays } from '../archive/index.ts'
import type { SlotFigures } from '../partitions/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { type Actor, asking, monthWords, type Words } from './parts.ts'
import { tablePaths } from './paths.ts'
import type { TableReport } from './report.ts'

type View = { readonly engine: string; readonly month: Month }

function sizeText(bytes: number | null, page: Pick<PageContext, 'language'>): string {
  if (bytes === null) return noValue
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1]
  return `${formatNumber(value, page.language, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`
}

const dayText = (at: string | null, page: PageContext): string => {
  const localS = at === null ? null : parseLocal(at.slice(0, 10))
  return localS === null ? noValue : formatLocalDate(localS, page.language)
}

/** `mayAct`: the tables are ours, and the person may have work done on them. */
export function lineCard(page: PageContext, actor: Actor, view: View, report: TableReport, mayAct: boolean, t: Words): Html {
  const { line } = report
  if (report.table === null)
    return card({
      title: line.lineName,
      actions: badge({ label: t('badge.none'), tone: 'warning', icon: 'warning' }),
      body: html`<p class="muted">${t('no_table')}</p>`,
    })
  const count = formatNumber(report.rows, page.language)
  const facts: readonly (readonly [string, Html | string])[] = [
    [t('rows'), report.isEstimate ? t('rows.about', { count }) : count],
    ...(report.bytes === null ? [] : [[t('size'), sizeText(report.bytes, page)] as const]),
    [t('since'), dayText(report.oldest, page)],
    [t('until'), dayText(report.newest, page)],
    [t('partitions'), partitionWords(report, view.engine, t)],
  ]
  return card({
    id: `line-${line.lineId}`,
    title: line.lineName,
    subtitle: report.table,
    actions: lineBadge(report, t),
    body: html`<div class="stack">
      <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      ${report.slots.length > 0 ? partitionList(page, report, t) : ''}
      ${report.indexes.length > 0 ? indexList(page, actor, report, mayAct, t) : ''}
      ${report.archives.length > 0 ? archiveList(page, actor, report, mayAct, t) : ''}
      ${mayAct ? takeOutForm(page, actor, view, report, t) : ''}
      ${mayAct && view.engine !== 'sqlite' && (report.scheme === null || report.scheme === 'year_month') ? convertPart(page, actor, report, t) : ''}
    </div>`,
  })
}

function lineBadge({ missingMonths, indexes }: TableReport, t: Words): Html {
  if (missingMonths.length > 0)
    return badge({ label: t('badge.missing', { count: missingMonths.length }), tone: 'warning', icon: 'warning' })
  if (indexes.length > 0) return badge({ label: t('badge.indexes', { count: indexes.length }), tone: 'info', icon: 'info' })
  return badge({ label: t('badge.ok'), tone: 'success', icon: 'check_circle' })
}

function partitionWords({ scheme, slots }: TableReport, engine: string, t: Words): string {
  if (scheme === null) return engine === 'sqlite' ? t('partitions.sqlite') : t('partitions.none')
  if (scheme === 'other') return t('partitions.other')
  const words = t('partitions.count', { count: slots.length })
  return scheme === 'year_month' ? `${words}. ${t('partitions.old')}` : words
}

function monthsOf({ from, below, isRest }: SlotFigures, t: Words): string {
  if (isRest) return from === null ? t('months.rest') : t('months.later', { month: monthText(from) })
  const last = monthText((below ?? 1) - 1)
  if (from === null) return t('months.older', { month: last })
  return monthText(from) === last ? last : `${monthText(from)} – ${last}`
}

const partitionList = (page: PageContext, { line, slots, isEstimate }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('partitions.see')}</summary>
  ${table({
    id: `partitions-${line.lineId}`,
    caption: t('partitions'),
    language: page.language,
    columns: [
      { key: 'partition', label: t('partition'), isSortable: false },
      { key: 'months', label: t('months'), isSortable: false },
      { key: 'rows', label: t('rows'), align: 'end', isSortable: false },
      { key: 'size', label: t('size'), align: 'end', isSortable: false, isHidden: 'phone' },
    ],
    rows: slots.map((slot) => {
      const count = formatNumber(slot.rows, page.language)
      return {
        key: slot.name,
        cells: [
          { content: html`<span class="break-words">${slot.name}</span>` },
          { content: monthsOf(slot, t) },
          { content: isEstimate && slot.rows > 0 ? t('rows.about', { count }) : count },
          { content: sizeText(slot.bytes, page) },
        ],
      }
    }),
  })}</details>`

const indexList = (page: PageContext, actor: Actor, { line, indexes }: TableReport, mayAct: boolean, t: Words): Html => html`
  <details class="disclosure"><summary>${t('indexes')} (${indexes.length})</summary><div class="stack">
  ${table({
    id: `indexes-${line.lineId}`,
    caption: t('indexes'),
    language: page.language,
    isStacked: true,
    columns: [
      { key: 'columns', label: t('indexes.columns'), isSortable: false },
      { key: 'effect', label: t('indexes.effect'), isSortable: false },
    ],
    rows: indexes.map(({ columns, effect }) => ({
      key: columns.join('-'),
      cells: [{ content: html`<span class="break-words">${columns.join(', ')}</span>` }, { content: effect[page.language] }],
    })),
  })}
  ${
    mayAct
      ? html`<p class="muted">${t('indexes.caution')}</p>${asking(page, actor, { kind: 'indexes', line_id: line.lineId }, button({ label: t('indexes.make') }), t)}`
      : ''
  }</div></details>`

const archiveTones = { archived: 'neutral', stored: 'success', leaving: 'info' } as const

const archiveList = (page: PageContext, actor: Actor, { line, archives }: TableReport, mayAct: boolean, t: Words): Html => html`
  <details class="disclosure" open><summary>${t('archives')} (${archives.length})</summary><div class="stack">
  <p class="muted">${t('archives.hint', { days: heldDays })}</p>
  ${table({
    id: `archives-${line.lineId}`,
    caption: t('archives'),
    language: page.language,
    isStacked: true,
    columns: (['archives.month', 'rows', 'archives.size', 'archives.state', 'archives.action'] as const)
      .slice(0, mayAct ? 5 : 4)
      .map((key) => ({ key, label: t(key), isSortable: false })),
    rows: archives.map((archive) => {
      const month = monthText(archive.month)
      const restore = asking(
        page,
        actor,
        { kind: 'restore', line_id: line.lineId, month },
        button({ label: t('archives.restore', { month: monthWords(month, page) }) }),
        t,
      )
      return {
        key: `${month}-${archive.part}`,
        cells: [
          { content: monthWords(month, page) },
          { content: formatNumber(archive.rows, page.language) },
          { content: sizeText(archive.sizeBytes, page) },
          { content: badge({ label: t(`archives.${archive.state}`), tone: archiveTones[archive.state] }) },
          ...(mayAct
            ? [
                {
                  content: !archive.isHere
                    ? t('archives.elsewhere', { database: archive.database })
                    : archive.state === 'archived'
                      ? restore
                      : noValue,
                },
              ]
            : []),
        ],
      }
    }),
  })}</div></details>`

const keepChoices = [3, 6, 12, 24, 36] as const

const takeOutForm = (page: PageContext, actor: Actor, { month }: View, { line }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('takeout')}</summary>
  <form class="stack" method="get" action="${page.url(tablePaths.preview(actor.tenant.slug))}"><input type="hidden" name="line_id" value="${line.lineId}">
    ${select({
      name: 'month',
      id: `keep-${line.lineId}`,
      label: t('takeout.keep'),
      value: monthText(month - 12),
      options: keepChoices.map((count) => ({ value: monthText(month - count), label: t('takeout.keep.months', { count }) })),
    })}
    <div class="cluster">${button({ label: t('takeout.preview') })}</div></form></details>`

const convertPart = (page: PageContext, actor: Actor, { line }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('convert')}</summary><div class="stack">
    ${banner({ tone: 'warning', body: t('convert.caution') })}
    ${asking(page, actor, { kind: 'convert', line_id: line.lineId }, button({ label: t('convert.make'), look: 'danger' }), t)}</div></details>`
