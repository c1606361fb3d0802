/** The plant's pages in the header, the same on each of them. */
import { type Actor, administrationLink } from '../identity/index.ts'
import { defineMessages, translator } from '../platform/i18n/index.ts'
import type { NavItem, PageContext } from '../platform/ui/index.ts'

const messages = defineMessages({
  dashboard: { es: 'Tablero', en: 'Dashboard' },
  system: { es: 'Sistema', en: 'System' },
})

export const plantPaths = {
  dashboard: (slug: string): string => `/t/${slug}/dashboard`,
  /** Verification of the plant database and metadata cache. */
  system: (slug: string): string => `/t/${slug}/system`,
}

/** `current` is the page that shows it. Pages that the actor may not open are not offered. */
export function plantNavigation(
  page: PageContext,
  slug: string,
  actor: Pick<Actor, 'permissions'>,
  current: keyof typeof plantPaths,
): NavItem[] {
  const t = translator(messages, page.language)
  const items: readonly { key: keyof typeof plantPaths; icon: string; isOffered: boolean }[] = [
    { key: 'dashboard', icon: 'dashboard', isOffered: actor.permissions.has('view_dashboard') },
    { key: 'system', icon: 'verified', isOffered: actor.permissions.has('configure_plant') },
  ]
  const own = items
    .filter(({ isOffered }) => isOffered)
    .map(({ key, icon }) => ({ href: page.url(plantPaths[key](slug)), label: t(key), icon, isCurrent: key === current }))
  return [...own, ...administrationLink(page, slug, actor)]
}
