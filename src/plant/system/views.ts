/** Pages of the company's administrator: verification of the plant, and the copy of its metadata. */
import type { PoolInfo } from '../../platform/db/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { formatDuration, formatNumber, formatRatio, formatText, type Text } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
  type Html,
  html,
  linkButton,
  type NavItem,
  type PageContext,
  pageHead,
  shell,
  table,
} from '../../platform/ui/index.ts'
import { type ClockHealthData, clockHealthList } from '../clock-health/index.ts'
import type { CacheInfo } from '../model/index.ts'
import type { JobReport } from '../stops/index.ts'
import type { Check, CheckStatus } from './checks/check.ts'
import { connectionsSection } from './connections-view.ts'
import type { HistoryReport } from './history-report.ts'
import { historySection } from './history-view.ts'
import { stopsSection } from './stops-view.ts'

export type SystemPage = {
  readonly page: PageContext
  readonly companySlug: string
  readonly nav: readonly NavItem[]
  readonly canRefresh: boolean
}

const words = {
  verification: { es: 'Verificación de la planta', en: 'Plant verification' },
  verificationHint: { es: 'Cada control: qué significa y qué hacer.', en: 'Each check: what it means and what to do.' },
  system: { es: 'Sistema', en: 'System' },
  box: { es: 'Equipo de visión', en: 'Vision box' },
  check: { es: 'Control', en: 'Check' },
  status: { es: 'Estado', en: 'Status' },
  finding: { es: 'Qué significa', en: 'What it means' },
  advice: { es: 'Qué hacer', en: 'What to do' },
  nothing: { es: 'Nada', en: 'Nothing' },
  again: { es: 'Verificar de nuevo', en: 'Verify again' },
  cache: { es: 'Datos de la planta en memoria', en: 'Plant metadata in memory' },
  cacheHint: {
    es: 'Líneas, áreas, productos, turnos y filtros se leen de nuevo cada hora; después de cambiarlos en la base puede pedirlo aquí.',
    en: 'Lines, areas, products, shifts and filters are read again each hour; after changing them in the database you can ask for it here.',
  },
  table: { es: 'Tabla', en: 'Table' },
  rows: { es: 'Filas', en: 'Rows' },
  age: { es: 'Antigüedad', en: 'Age' },
  hits: { es: 'Aciertos', en: 'Hit rate' },
  refresh: { es: 'Leer de nuevo', en: 'Read again' },
  notLoaded: { es: 'Todavía no se leyó.', en: 'Not read yet.' },
  refreshed: { es: 'Se leyó de nuevo.', en: 'It was read again.' },
  clocks: { es: 'Relojes de las cámaras', en: 'Camera clocks' },
  clocksHint: {
    es: 'Adelantos, atrasos, filas tardías y cámaras calladas, línea por línea.',
    en: 'Ahead, behind, late rows and silent cameras, line by line.',
  },
  stale: { es: 'La última lectura falló: se usa la copia anterior.', en: 'The last reading failed: the earlier copy is used.' },
} as const satisfies Record<string, Text>

const say = (language: Language, key: keyof typeof words, parameters?: Readonly<Record<string, string | number>>): string =>
  formatText(words[key], language, parameters)

const statusWords: Record<CheckStatus, Text> = {
  ok: { es: 'Bien', en: 'OK' },
  warn: { es: 'Atención', en: 'Warning' },
  error: { es: 'Error', en: 'Error' },
}
const tones = { ok: 'success', warn: 'warning', error: 'danger' } as const
const icons = { ok: 'check_circle', warn: 'warning', error: 'error' } as const

export const statusText = (status: CheckStatus, language: Language): string => statusWords[status][language]

const frame = ({ page, nav }: SystemPage, title: string, body: Html): Html => shell({ page, title, nav, body })

/** Errors first, then warnings: what needs somebody is on top. */
export function verificationView(model: SystemPage & { readonly checks: readonly Check[] }): Html {
  const { page, companySlug, checks } = model
  const { language } = page
  const body = html`
    ${pageHead({
      title: say(language, 'verification'),
      subtitle: say(language, 'verificationHint'),
      actions: linkButton({ label: say(language, 'again'), href: page.url(`/t/${companySlug}/system/verification`), icon: 'refresh' }),
    })}
    ${card({ body: checksTable(checks, language) })}`
  return frame(model, say(language, 'verification'), body)
}

/** The report of verification, for this page and the platform's. */
export function checksTable(checks: readonly Check[], language: Language): Html {
  const order: readonly CheckStatus[] = ['error', 'warn', 'ok']
  const sorted = order.flatMap((status) => checks.filter((check) => check.status === status))
  return table({
    id: 'checks',
    caption: say(language, 'verification'),
    language,
    isStacked: true,
    columns: (['status', 'check', 'finding', 'advice'] as const).map((key) => ({ key, label: say(language, key), isSortable: false })),
    rows: sorted.map((check) => ({
      key: check.id,
      cells: [
        { content: badge({ label: statusText(check.status, language), tone: tones[check.status], icon: icons[check.status] }) },
        { content: check.title[language] },
        { content: check.finding[language] },
        { content: check.advice === null ? say(language, 'nothing') : check.advice[language] },
      ],
    })),
  })
}

export function systemView(
  model: SystemPage & {
    readonly cache: CacheInfo
    readonly history: HistoryReport
    readonly clocks: ClockHealthData | null
    readonly stops: JobReport | null
    /** Null: a file has no connections. */
    readonly pool: PoolInfo | null
    /** Its vision box tells of itself. */
    readonly hasBox: boolean
    readonly wasRefreshed: boolean
  },
): Html {
  const { page, companySlug, cache, history, clocks, stops, pool, hasBox, wasRefreshed, canRefresh } = model
  const { language } = page
  const percent = formatRatio(cache.hitRatio, language)
  const facts = cache.isLoaded
    ? html`<p>${say(language, 'age')}: ${formatDuration(cache.ageS ?? 0)} · ${say(language, 'hits')}: ${percent}</p>
      ${table({
        id: 'metadata',
        caption: say(language, 'cache'),
        language,
        columns: [
          { key: 'table', label: say(language, 'table'), isSortable: false },
          { key: 'rows', label: say(language, 'rows'), align: 'end', isSortable: false },
        ],
        rows: Object.entries(cache.counts).map(([name, count]) => ({
          key: name,
          cells: [{ content: name }, { content: formatNumber(count, language) }],
        })),
      })}`
    : html`<p>${say(language, 'notLoaded')}</p>`
  const form = html`<form method="post" action="${page.url(`/t/${companySlug}/system/refresh`)}">
    ${csrf(page)}${button({ label: say(language, 'refresh'), look: 'primary', icon: 'refresh' })}</form>`
  const body = html`
    ${pageHead({
      title: say(language, 'cache'),
      subtitle: say(language, 'cacheHint'),
      actions: html`${hasBox ? linkButton({ label: say(language, 'box'), href: page.url(`/t/${companySlug}/system/box`), icon: 'show_chart' }) : ''}${linkButton(
        {
          label: say(language, 'verification'),
          href: page.url(`/t/${companySlug}/system/verification`),
          icon: 'verified',
        },
      )}`,
    })}
    ${wasRefreshed ? banner({ tone: 'success', body: say(language, 'refreshed') }) : ''}
    ${cache.isStale ? banner({ tone: 'warning', body: say(language, 'stale') }) : ''}
    ${card({ body: html`<div class="stack">${facts}${canRefresh ? form : ''}</div>` })}
    ${clocks ? card({ title: say(language, 'clocks'), subtitle: say(language, 'clocksHint'), id: 'clocks', body: clockHealthList(clocks, language, 'clock') }) : ''}
    ${stops ? stopsSection(stops, language) : ''}
    ${pool ? connectionsSection(pool, language) : ''}
    ${historySection(history, language)}`
  return frame(model, say(language, 'system'), body)
}
