/** The first page of the configuration: each subject with what it decides and how much of it there is. */
import { defineMessages, formatNumber, translator } from '../../platform/i18n/index.ts'
import { banner, card, type Html, html, icon, type PageContext } from '../../platform/ui/index.ts'
import type { PlantModel } from '../model/index.ts'
import { type ConfigurationSection, configurationPaths } from './paths.ts'
import { type Asker, configurationPage, mayOpen, sectionName } from './shell.ts'

const messages = defineMessages({
  title: { es: 'Planta', en: 'Plant' },
  subtitle: {
    es: 'De qué está hecha la planta y cómo se calculan sus números.',
    en: 'What the plant is made of, and how its figures are worked out.',
  },
  attached: {
    es: 'La base es del cliente: Andon no escribe en ella. Los cambios de líneas, productos, turnos, motivos y filtros se guardan aparte y se ven como tales.',
    en: "The database is the customer's: Andon does not write to it. Changes of lines, products, shifts, reasons and filters are kept apart and shown as such.",
  },
  lines: { es: 'Áreas, velocidad y umbral de parada de cada línea', en: 'Areas, speed and stop threshold of each line' },
  products: { es: 'Nombre, código, peso y piezas por hora', en: 'Name, code, weight and pieces per hour' },
  shifts: { es: 'Horarios y días de trabajo', en: 'Working hours and days' },
  reasons: { es: 'Fallas y motivos con que se explican las paradas', en: 'Failures and reasons that explain stops' },
  filters: { es: 'Qué se puede elegir en el tablero', en: 'What can be chosen on the dashboard' },
  calendar: { es: 'Descansos, feriados y turnos extra', en: 'Breaks, holidays and extra shifts' },
  settings: { es: 'Zona horaria, unidad de velocidad y reglas de las paradas', en: 'Time zone, unit of speed and rules of stops' },
  plants: { es: 'Qué líneas están en cada planta de la empresa', en: 'Which lines are in each plant of the company' },
  dashboards: { es: 'Qué ve cada rol, y en qué orden', en: 'What each role sees, and in which order' },
  mqtt: { es: 'Piezas que llegan de un servidor MQTT', en: 'Pieces that come from an MQTT broker' },
  sources: { es: 'Datos de otros sistemas para mostrar en el tablero', en: 'Data of other systems to show on the dashboard' },
  ingest: { es: 'Detecciones que otros sistemas envían a Andon', en: 'Detections that other systems send to Andon' },
  tables: { es: 'Particiones, retención, archivo e índices', en: 'Partitions, retention, archive and indexes' },
  file: { es: 'La configuración entera, como un archivo', en: 'The whole configuration, as a file' },
})

type Subject = Exclude<ConfigurationSection, 'overview'>
const subjects = Object.keys(configurationPaths).filter((section) => section !== 'overview') as readonly Subject[]

/** Null: not a matter of how many. */
const counts: { readonly [S in Subject]: (model: PlantModel) => number | null } = {
  lines: ({ lines }) => lines.filter((line) => line.isActive).length,
  products: ({ products }) => products.size,
  shifts: ({ shifts }) => shifts.filter((shift) => shift.isActive).length,
  reasons: ({ incidents, failures }) => (incidents.size > 0 ? incidents.size : failures.size),
  filters: ({ filters }) => filters.filter((filter) => filter.isActive).length,
  calendar: ({ settings: { breaks, holidays, extraShifts } }) => breaks.length + holidays.length + extraShifts.length,
  settings: () => null,
  plants: ({ settings }) => settings.sites.length,
  dashboards: () => null,
  mqtt: () => null,
  sources: () => null,
  ingest: () => null,
  tables: () => null,
  file: () => null,
}

export function overviewPage(
  page: PageContext,
  actor: Asker,
  { model, canManage }: { readonly model: PlantModel; readonly canManage: boolean },
): Html {
  const t = translator(messages, page.language)
  const entry = (section: Subject): Html => {
    const count = counts[section](model)
    return html`<li><a class="entry" href="${page.url(configurationPaths[section](actor.tenant.slug))}">
      <span class="entry__text"><strong class="entry__title">${sectionName(section, page)}</strong><span class="entry__detail">${t(section)}</span></span>
      ${count === null ? '' : html`<span class="entry__count">${formatNumber(count, page.language)}</span>`}${icon('arrow_forward', 16)}</a></li>`
  }
  const offered = subjects.filter((section) => mayOpen(actor, section))
  return configurationPage({
    page,
    actor,
    current: 'overview',
    title: t('title'),
    subtitle: t('subtitle'),
    body: html`
      ${canManage ? '' : banner({ tone: 'info', body: t('attached') })}
      ${card({ body: html`<ul class="entries">${offered.map(entry)}</ul>` })}`,
  })
}
