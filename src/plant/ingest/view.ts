/** The page of ingest: where to send, what an answer is worth, and what came lately. */
import { formatInstant, formatNumber, noValue, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  card,
  copyField,
  emptyState,
  type Html,
  html,
  linkButton,
  type PageContext,
  table,
} from '../../platform/ui/index.ts'
import { type Asker, configurationPage } from '../configuration/index.ts'
import type { Product } from '../model/index.ts'
import type { Activity } from './activity.ts'
import { maxBatchRows } from './contract.ts'
import { ledgerTable } from './ledger.ts'
import { messages } from './messages.ts'
import type { IngestState, LineState } from './state.ts'

export type IngestView = {
  /** Null: the plant's database does not answer. */
  readonly state: (IngestState & { readonly timeZone: string; readonly products: readonly Product[]; readonly ledgerSql: string }) | null
  readonly activity: readonly Activity[]
  /** Whole address of the API. */
  readonly endpoint: string
  /** Null: not for this person. */
  readonly keysHref: string | null
  readonly timeZone: string
}

type Words = ReturnType<typeof translator<typeof messages>>

export function ingestPage(page: PageContext, actor: Asker, view: IngestView): Html {
  const t = translator(messages, page.language)
  const { state, keysHref } = view
  return configurationPage({
    page,
    actor,
    current: 'ingest',
    subtitle: t('subtitle'),
    ...(keysHref !== null && { actions: linkButton({ label: t('keys'), href: keysHref, icon: 'key' }) }),
    body: html`
      ${state ? '' : banner({ tone: 'warning', body: t('unavailable') })}
      ${recentCard(t, page, view)}
      ${sendCard(t, page, view)}
      ${state ? html`${linesCard(t, page, state)}${safetyCard(t, state)}` : ''}`,
  })
}

function recentCard(t: Words, page: PageContext, { activity, timeZone }: IngestView): Html {
  const { language } = page
  const number = (count: number): string => formatNumber(count, language)
  const body =
    activity.length === 0
      ? emptyState({ title: t('recent.none'), detail: t('recent.none.detail'), icon: 'inbox' })
      : table({
          id: 'arrivals',
          caption: t('recent.title'),
          language,
          isStacked: true,
          columns: [
            { key: 'when', label: t('when'), isNowrap: true },
            { key: 'from', label: t('from') },
            { key: 'batches', label: t('batches'), align: 'end' },
            { key: 'accepted', label: t('accepted'), align: 'end' },
            { key: 'refused', label: t('refused'), align: 'end' },
            { key: 'fault', label: t('lastFault'), isSortable: false },
          ],
          rows: activity.map((one, index) => ({
            key: String(index),
            cells: [
              { content: formatInstant(one.toMs, language, timeZone), sort: one.toMs },
              { content: html`<span class="break-words">${one.source.toUpperCase()}${one.sender === '' ? '' : ` · ${one.sender}`}</span>` },
              {
                content: html`<span>${number(one.batches)}${one.repeated > 0 ? html` <span class="muted small">(${t('repeated', { count: number(one.repeated) })})</span>` : ''}</span>`,
                sort: one.batches,
              },
              { content: number(one.accepted), sort: one.accepted },
              { content: one.refused > 0 ? badge({ label: number(one.refused), tone: 'warning' }) : number(0), sort: one.refused },
              { content: one.lastFault ? html`<span class="break-words">${one.lastFault[language]}</span>` : noValue },
            ],
          })),
        })
  return card({ title: t('recent.title'), body })
}

function sendCard(t: Words, page: PageContext, { state, endpoint, keysHref }: IngestView): Html {
  const line = state?.lines.find(({ obstacle }) => obstacle === null) ?? state?.lines[0]
  const row = {
    line: line?.lineCode ?? 'L1',
    area_id: line?.areas[0]?.areaId ?? 1,
    product_id: state?.products[0]?.productId ?? 1,
    detected_at: '2026-11-21 18:05:00',
  }
  const example = `curl -X POST ${endpoint} \\
  -H "X-API-Key: $ANDON_KEY" \\
  -H "Idempotency-Key: lote-0001" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ rows: [row] }).replaceAll("'", "'\\''")}'`
  return card({
    title: t('send.title'),
    body: html`<div class="stack">
      ${copyField({ id: 'ingest-url', label: t('send.endpoint'), value: endpoint, language: page.language })}
      <p>${t('send.key')} ${keysHref === null ? '' : html`<a href="${keysHref}">${t('send.makeKey')}</a>`}</p>
      <p>${t('send.rows', { maximum: formatNumber(maxBatchRows, page.language), zone: state?.timeZone ?? '—' })}</p>
      <p>${t('send.once')}</p>
      <p>${t('send.refused')}</p>
      <div><p class="field__label" id="ingest-example">${t('send.example')}</p><pre class="code" tabindex="0" role="region" aria-labelledby="ingest-example">${example}</pre></div>
    </div>`,
  })
}

/** The first of them tell what a product id is. */
const mostProducts = 100

function productList(t: Words, products: readonly Product[]): Html {
  const shown = products.slice(0, mostProducts).map(({ productId, productName }) => `${productId} ${productName}`)
  const more = products.length > mostProducts ? ` … ${t('products.more', { count: products.length - mostProducts })}` : ''
  return html`<details class="disclosure"><summary>${t('products', { count: products.length })}</summary><p class="break-words">${shown.join(' · ')}${more}</p></details>`
}

function linesCard(t: Words, page: PageContext, { lines, products }: NonNullable<IngestView['state']>): Html {
  const isBlocked = (obstacle: LineState['obstacle']): boolean => lines.some((line) => line.obstacle === obstacle)
  const blocked = [
    ...(isBlocked('missing_table') ? [t('blocked.table')] : []),
    ...(isBlocked('no_write_right') ? [t('blocked.right')] : []),
  ]
  return card({
    title: t('lines.title'),
    subtitle: t('lines.hint'),
    body: html`
      ${blocked.length > 0 ? banner({ tone: 'warning', title: t('blocked.title'), body: blocked.join(' ') }) : ''}
      ${table({
        id: 'ingest-lines',
        caption: t('lines.title'),
        language: page.language,
        isStacked: true,
        columns: [
          { key: 'line', label: t('line') },
          { key: 'code', label: t('code') },
          { key: 'id', label: t('id'), align: 'end' },
          { key: 'areas', label: t('areas'), isSortable: false },
          { key: 'state', label: t('state') },
        ],
        rows: lines.map(({ lineId, lineName, lineCode, areas, obstacle }) => ({
          key: String(lineId),
          cells: [
            { content: html`<span class="break-words">${lineName}</span>` },
            { content: html`<code>${lineCode}</code>` },
            { content: lineId },
            {
              content: html`<span class="break-words">${areas.map(({ areaId, areaName }) => `${areaId} ${areaName}`).join(' · ') || noValue}</span>`,
            },
            { content: badge({ label: t(obstacle ?? 'receives'), tone: obstacle === null ? 'success' : 'warning' }) },
          ],
        })),
      })}
      ${products.length > 0 ? productList(t, products) : ''}`,
  })
}

function safetyCard(t: Words, { durability, isLedger, ledgerSql }: NonNullable<IngestView['state']>): Html {
  const settings = durability.settings.join(', ')
  return card({
    title: t('safety.title'),
    body: html`<div class="stack">
      ${durability.isSynced ? html`<p>${t('safety.synced', { settings })}</p>` : banner({ tone: 'warning', body: t('safety.unsynced', { settings }) })}
      ${
        isLedger
          ? html`<p>${t('safety.ledger', { table: ledgerTable })}</p>`
          : html`<p id="ledger-sql">${t('safety.beside')}</p><pre class="code" tabindex="0" role="region" aria-labelledby="ledger-sql">${ledgerSql}</pre>`
      }</div>`,
  })
}
