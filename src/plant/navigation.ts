/** The plant's pages in the header, the same on each of them. */
import { type Actor, administrationLink } from '../identity/index.ts'
import { defineMessages, translator } from '../platform/i18n/index.ts'
import type { NavItem, PageContext } from '../platform/ui/index.ts'

const messages = defineMessages({
  dashboard: { es: 'Tablero', en: 'Dashboard' },
  downtime: { es: 'Paradas', en: 'Downtime' },
  detections: { es: 'Detecciones', en: 'Detections' },
  operator: { es: 'Operador', en: 'Operator' },
  plant: { es: 'Planta', en: 'Plant' },
  system: { es: 'Sistema', en: 'System' },
})

export const plantPaths = {
  dashboard: (slug: string): string => `/t/${slug}/dashboard`,
  /** Where a person builds their own dashboard. */
  myDashboard: (slug: string): string => `/t/${slug}/my-dashboard`,
  /** What stood, how long and why. */
  downtime: (slug: string): string => `/t/${slug}/downtime`,
  /** The rows behind the figures. */
  detections: (slug: string): string => `/t/${slug}/detections`,
  /** Two periods side by side. */
  comparison: (slug: string): string => `/t/${slug}/comparison`,
  /** One line, for whoever works at it. */
  operator: (slug: string): string => `/t/${slug}/operator`,
  /** All lines, for a television in the hall. */
  tv: (slug: string): string => `/t/${slug}/tv`,
  /** What the plant is made of and how it is reckoned: pages of those who configure it. */
  plant: (slug: string): string => `/t/${slug}/plant`,
  /** The plants of a company side by side. */
  plants: (slug: string): string => `/t/${slug}/plants`,
  /** Steps that give a company its plant. */
  attach: (slug: string): string => `/t/${slug}/plant/attach`,
  /** Verification of the plant database and metadata cache. */
  system: (slug: string): string => `/t/${slug}/system`,
}

/** `current` is the page that shows it, null for one that is none of them. Pages that the actor may not open are not offered. */
export function plantNavigation(
  page: PageContext,
  slug: string,
  actor: Pick<Actor, 'permissions'>,
  current: keyof typeof plantPaths | null,
): NavItem[] {
  const t = translator(messages, page.language)
  const items: readonly { key: keyof typeof plantPaths & keyof typeof messages; icon: string; isOffered: boolean }[] = [
    { key: 'dashboard', icon: 'dashboard', isOffered: actor.permissions.has('view_dashboard') },
    { key: 'downtime', icon: 'pause', isOffered: actor.permissions.has('view_dashboard') },
    { key: 'detections', icon: 'database', isOffered: actor.permissions.has('view_production_data') },
    { key: 'operator', icon: 'play_arrow', isOffered: actor.permissions.has('annotate_downtime') },
    { key: 'plant', icon: 'factory', isOffered: actor.permissions.has('configure_plant') },
    { key: 'system', icon: 'verified', isOffered: actor.permissions.has('configure_plant') },
  ]
  const own = items
    .filter(({ isOffered }) => isOffered)
    .map(({ key, icon }) => ({ href: page.url(plantPaths[key](slug)), label: t(key), icon, isCurrent: key === current }))
  return [...own, ...administrationLink(page, slug, actor)]
}
