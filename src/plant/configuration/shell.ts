/** The frame of every page that configures a plant: the product's header, and a tab for each subject. */
import type { Actor, Permission } from '../../identity/index.ts'
import { defineMessages, translator } from '../../platform/i18n/index.ts'
import { type Html, html, type PageContext, pageHead, shell, tabs } from '../../platform/ui/index.ts'
import { plantNavigation } from '../navigation.ts'
import { type ConfigurationSection, configurationPaths } from './paths.ts'

const messages = defineMessages({
  sections: { es: 'Configuración de la planta', en: 'Configuration of the plant' },
  overview: { es: 'Resumen', en: 'Overview' },
  lines: { es: 'Líneas', en: 'Lines' },
  products: { es: 'Productos', en: 'Products' },
  shifts: { es: 'Turnos', en: 'Shifts' },
  reasons: { es: 'Motivos', en: 'Reasons' },
  filters: { es: 'Filtros', en: 'Filters' },
  calendar: { es: 'Calendario', en: 'Calendar' },
  settings: { es: 'Ajustes', en: 'Settings' },
  plants: { es: 'Plantas', en: 'Plants' },
  dashboards: { es: 'Tableros', en: 'Dashboards' },
  mqtt: { es: 'MQTT', en: 'MQTT' },
  sources: { es: 'Fuentes externas', en: 'External sources' },
  ingest: { es: 'Ingesta', en: 'Ingest' },
  tables: { es: 'Tablas', en: 'Tables' },
  file: { es: 'Importar y exportar', en: 'Import and export' },
})

const sections = Object.keys(configurationPaths) as readonly ConfigurationSection[]
/** What a tab needs when it is not `configure_plant`. */
const needs: { readonly [Section in ConfigurationSection]?: Permission } = { dashboards: 'edit_dashboard' }

export type Asker = Pick<Actor, 'permissions'> & { readonly tenant: { readonly slug: string } }

export const mayOpen = (actor: Pick<Asker, 'permissions'>, section: ConfigurationSection): boolean =>
  actor.permissions.has(needs[section] ?? 'configure_plant')

export type ConfigurationPage = {
  readonly page: PageContext
  readonly actor: Asker
  readonly current: ConfigurationSection
  /** Of the page; the tab's name when left out. */
  readonly title?: string
  /** One sentence: what this page decides. */
  readonly subtitle?: string
  readonly actions?: Html
  readonly body: Html
}

/** Name of a tab, for links to it. */
export const sectionName = (section: ConfigurationSection, page: Pick<PageContext, 'language'>): string =>
  translator(messages, page.language)(section)

/** A whole page. Tabs that the actor may not open are not offered. */
export function configurationPage({ page, actor, current, title, subtitle, actions, body }: ConfigurationPage): Html {
  const t = translator(messages, page.language)
  const { slug } = actor.tenant
  const items = sections
    .filter((section) => mayOpen(actor, section))
    .map((section) => ({ label: t(section), href: page.url(configurationPaths[section](slug)), isCurrent: section === current }))
  const heading = title ?? t(current)
  return shell({
    page,
    title: heading,
    nav: plantNavigation(page, slug, actor, 'plant'),
    body: html`
      ${pageHead({ title: heading, ...(subtitle !== undefined && { subtitle }), ...(actions && { actions }) })}
      ${tabs({ label: t('sections'), items })}
      <div class="stack stack--tabbed">${body}</div>`,
  })
}
