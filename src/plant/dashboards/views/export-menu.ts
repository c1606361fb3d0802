/** What the tab shows, as a file: the menu of the board. */
import type { Language } from '../../../platform/i18n/index.ts'
import { type Html, html, icon } from '../../../platform/ui/index.ts'
import { plantPaths } from '../../navigation.ts'
import { type DashboardPage, words } from './model.ts'

/** The tables of numbers behind a dashboard, each a sheet of the workbook and a CSV of its own. */
export const exportTables = ['kpis', 'series', 'distribution', 'stops', 'reasons', 'inputs'] as const
export type ExportTable = (typeof exportTables)[number]

export const tableTitle = (table: ExportTable, language: Language): string => words(language)(`export.${table}`)

/** `query`: address of what is shown. */
export function exportMenu({ page, companySlug, mayExport }: DashboardPage, query: URLSearchParams): Html {
  if (!mayExport) return html``
  const t = words(page.language)
  const link = (kind: 'pdf' | 'xlsx' | 'csv', label: string, table?: ExportTable): Html => {
    const address = new URLSearchParams(query)
    if (table) address.set('table', table)
    return html`<a class="menu__item" href="${page.url(`${plantPaths.dashboard(companySlug)}/export/${kind}?${address}`)}" data-download data-download-busy="${t('board.export.busy')}">${icon('download', 16)}<span>${label}</span></a>`
  }
  const tables = exportTables.map((table) => link('csv', tableTitle(table, page.language), table))
  return html`<details class="menu" data-menu id="board-files"><summary class="btn btn--secondary" aria-label="${t('board.export')}">${icon('download')}<span class="hide-phone">${t('board.export')}</span></summary><div class="menu__panel menu__panel--end">${link('pdf', t('board.export.pdf'))}${link('xlsx', t('board.export.xlsx'))}<p class="menu__label">${t('board.export.csv')}</p>${tables}</div></details>`
}
