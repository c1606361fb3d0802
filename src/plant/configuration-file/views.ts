/** Pages of the configuration file: taking one away, choosing one, what it would change, taking it back. */
import type { TenantActor } from '../../identity/index.ts'
import { defineMessages, formatInstant, formatNumber, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
  emptyState,
  fileField,
  type Html,
  html,
  linkButton,
  type PageContext,
  table,
} from '../../platform/ui/index.ts'
import { configurationPage } from '../configuration/index.ts'
import { fieldName, fieldValue } from '../editing/index.ts'
import type { Change } from './diff.ts'
import { filePaths } from './paths.ts'
import { type Undoable, undoDays } from './service.ts'

const messages = defineMessages({
  subtitle: {
    es: 'La configuración de la planta en un archivo: para guardarla, revisarla o volver a ella.',
    en: 'The configuration of the plant as a file: to keep it, review it or come back to it.',
  },
  export: { es: 'Exportar', en: 'Export' },
  'export.hint': {
    es: 'Ajustes, calendario, plantas, líneas, áreas, productos, turnos, filtros, motivos y tableros por rol. Sin claves, sin personas.',
    en: 'Settings, calendar, plants, lines, areas, products, shifts, filters, reasons and dashboards per role. No passwords, no people.',
  },
  download: { es: 'Descargar el archivo', en: 'Download the file' },
  import: { es: 'Importar', en: 'Import' },
  'import.hint': {
    es: 'Primero verá qué cambiaría; nada se aplica hasta que lo confirme.',
    en: 'First you see what would change; nothing is applied until you confirm.',
  },
  file: { es: 'Archivo de configuración (.json)', en: 'Configuration file (.json)' },
  choose: { es: 'Elegir archivo', en: 'Choose a file' },
  show: { es: 'Ver qué cambiaría', en: 'See what would change' },
  pending: { es: 'Hay un archivo elegido que todavía no se aplicó.', en: 'There is a chosen file that was not applied yet.' },
  'pending.open': { es: 'Ver sus cambios', en: 'See its changes' },
  undo: { es: 'Deshacer la última importación', en: 'Undo the last import' },
  'undo.hint': {
    es: '{by} importó el {at}. Deshacer deja la configuración como estaba antes; se ofrece durante {days} días.',
    en: '{by} imported on {at}. Undoing leaves the configuration as it was before; offered for {days} days.',
  },
  'undo.submit': { es: 'Deshacer la importación', en: 'Undo the import' },
  refused: { es: 'No se aplicó.', en: 'Not applied.' },
  'done.applied': { es: 'La configuración se aplicó.', en: 'The configuration was applied.' },
  'done.undone': {
    es: 'La configuración es otra vez la de antes de importar.',
    en: 'The configuration is again the one before the import.',
  },
  'done.cancelled': { es: 'Se dejó el archivo: nada cambió.', en: 'The file was let go: nothing changed.' },
  changes: { es: 'Qué cambiaría', en: 'What would change' },
  'changes.count': {
    es: '{added} nuevos, {changed} cambiados, {removed} quitados.',
    en: '{added} new, {changed} changed, {removed} taken away.',
  },
  'changes.none': { es: 'El archivo es igual a la configuración actual', en: 'The file equals the present configuration' },
  'changes.none.detail': { es: 'No hay nada que aplicar.', en: 'There is nothing to apply.' },
  'changes.more': { es: 'Se muestran {shown} de {total}.', en: '{shown} of {total} are shown.' },
  what: { es: 'Qué', en: 'What' },
  name: { es: 'Nombre', en: 'Name' },
  change: { es: 'Cambio', en: 'Change' },
  before: { es: 'Antes', en: 'Before' },
  after: { es: 'Después', en: 'After' },
  added: { es: 'nuevo', en: 'new' },
  changed: { es: 'cambia', en: 'changes' },
  removed: { es: 'se quita', en: 'goes' },
  'section.line': { es: 'Línea', en: 'Line' },
  'section.area': { es: 'Área', en: 'Area' },
  'section.product': { es: 'Producto', en: 'Product' },
  'section.shift': { es: 'Turno', en: 'Shift' },
  'section.filter': { es: 'Filtro', en: 'Filter' },
  'section.failure': { es: 'Falla', en: 'Failure' },
  'section.incident': { es: 'Motivo', en: 'Reason' },
  'section.settings': { es: 'Ajuste', en: 'Setting' },
  'section.layout': { es: 'Tablero', en: 'Dashboard' },
  apply: { es: 'Aplicar los cambios', en: 'Apply the changes' },
  cancel: { es: 'No aplicar', en: 'Do not apply' },
  busy: { es: 'Un momento…', en: 'One moment…' },
})

const words = (page: PageContext) => translator(messages, page.language)
type Actor = Pick<TenantActor, 'permissions' | 'tenant'>

export const doneWords = ['applied', 'undone', 'cancelled'] as const
export type FileView = {
  readonly done: (typeof doneWords)[number] | null
  readonly refusal: string | null
  readonly hasPending: boolean
  readonly undoable: Undoable | null
  readonly timeZone: string
}

export function filePage(page: PageContext, actor: Actor, { done, refusal, hasPending, undoable, timeZone }: FileView): Html {
  const t = words(page)
  const { slug } = actor.tenant
  const at = (href: string): string => page.url(href)
  const body = html`
    ${done ? banner({ tone: 'success', body: t(`done.${done}`) }) : ''}
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    ${hasPending ? banner({ tone: 'info', body: html`${t('pending')} <a class="link" href="${at(filePaths.preview(slug))}">${t('pending.open')}</a>` }) : ''}
    ${card({
      title: t('export'),
      subtitle: t('export.hint'),
      body: html`<div class="cluster">${linkButton({ label: t('download'), href: at(filePaths.download(slug)), look: 'primary' })}</div>`,
    })}
    ${card({
      title: t('import'),
      subtitle: t('import.hint'),
      body: html`<form class="stack" method="post" enctype="multipart/form-data" action="${at(filePaths.page(slug))}" data-busy="${t('busy')}">${csrf(page)}
        ${fileField({ name: 'file', label: t('file'), choose: t('choose'), accept: 'application/json,.json' })}
        <div class="cluster">${button({ label: t('show'), look: 'primary' })}</div></form>`,
    })}
    ${
      undoable
        ? card({
            title: t('undo'),
            subtitle: t('undo.hint', { by: undoable.by, at: formatInstant(undoable.atMs, page.language, timeZone), days: undoDays }),
            body: html`<form method="post" action="${at(filePaths.undo(slug))}" data-busy="${t('busy')}">${csrf(page)}<div class="cluster">${button({ label: t('undo.submit') })}</div></form>`,
          })
        : ''
    }`
  return configurationPage({ page, actor, current: 'file', subtitle: t('subtitle'), body })
}

const mostShown = 300
const tones = { added: 'success', changed: 'info', removed: 'danger' } as const

const shown = (value: unknown): string => (value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)

export function changesPage(
  page: PageContext,
  actor: Actor,
  view: { readonly changes: readonly Change[]; readonly base: string; readonly refusal: string | null },
): Html {
  const t = words(page)
  const { slug } = actor.tenant
  const { changes, base, refusal } = view
  const count = (kind: Change['kind']): string => formatNumber(changes.filter((change) => change.kind === kind).length, page.language)
  const lines = (change: Change, side: 'before' | 'after'): Html => {
    const { section, name } = change
    const entity = section === 'settings' || section === 'layout' ? null : section
    return html`${change.fields.map((one) => {
      const label = entity === null ? one.field : fieldName(entity, one.field, page.language)
      const text = (entity === null ? null : fieldValue(one.field, one[side], page.language)) ?? shown(one[side])
      return html`<span class="cell-sub">${one.field === name ? '' : `${label}: `}${text}</span>`
    })}`
  }
  const cancel = html`<form method="post" action="${page.url(filePaths.cancel(slug))}">${csrf(page)}${button({ label: t('cancel') })}</form>`
  const apply = html`<form method="post" action="${page.url(filePaths.apply(slug))}" data-busy="${t('busy')}">${csrf(page)}<input type="hidden" name="base" value="${base}">${button({ label: t('apply'), look: 'primary' })}</form>`
  const list = html`
    <p>${t('changes.count', { added: count('added'), changed: count('changed'), removed: count('removed') })}${changes.length > mostShown ? html` ${t('changes.more', { shown: mostShown, total: changes.length })}` : ''}</p>
    ${table({
      id: 'changes',
      caption: t('changes'),
      language: page.language,
      isStacked: true,
      columns: (['change', 'what', 'name', 'before', 'after'] as const).map((key) => ({ key, label: t(key), isSortable: false })),
      rows: changes.slice(0, mostShown).map((change, index) => ({
        key: String(index),
        cells: [
          { content: badge({ label: t(change.kind), tone: tones[change.kind] }) },
          { content: t(`section.${change.section}`) },
          { content: html`<span class="break-words">${change.name}</span>` },
          { content: change.kind === 'added' ? '—' : lines(change, 'before') },
          { content: change.kind === 'removed' ? '—' : lines(change, 'after') },
        ],
      })),
    })}`
  const nothing = emptyState({ title: t('changes.none'), detail: t('changes.none.detail'), icon: 'check_circle' })
  const body = html`
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    ${refusal && changes.length === 0 ? '' : card({ title: t('changes'), body: html`<div class="stack">${changes.length === 0 ? nothing : list}</div>` })}
    <div class="cluster">${changes.length > 0 ? apply : ''}${cancel}</div>`
  return configurationPage({ page, actor, current: 'file', title: t('changes'), body })
}
