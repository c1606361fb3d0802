/** The administration's pages of a company, in the header of each of them. */
import { defineMessages, translator } from '../platform/i18n/index.ts'
import type { NavItem, PageContext } from '../platform/ui/index.ts'
import type { Actor } from './actor.ts'
import { identityPaths } from './paths.ts'
import type { Permission } from './permissions.ts'

const messages = defineMessages({
  dashboard: { es: 'Tablero', en: 'Dashboard' },
  users: { es: 'Usuarios', en: 'Users' },
  pendingUsers: { es: 'esperan aprobación', en: 'await approval' },
  invitations: { es: 'Invitaciones', en: 'Invitations' },
  company: { es: 'Empresa', en: 'Company' },
  apiKeys: { es: 'Claves de API', en: 'API keys' },
  displays: { es: 'Pantallas', en: 'Displays' },
  audit: { es: 'Auditoría', en: 'Audit' },
  account: { es: 'Mi cuenta', en: 'My account' },
  tenants: { es: 'Empresas', en: 'Companies' },
  administration: { es: 'Administración', en: 'Administration' },
})

type Item = {
  readonly key: keyof typeof messages
  readonly icon: string
  readonly needs: Permission
  readonly path: (company: string) => string
}
const pages = [
  { key: 'users', icon: 'group', needs: 'view_users', path: (company) => identityPaths.users({ company }) },
  { key: 'invitations', icon: 'mail', needs: 'invite_users', path: (company) => identityPaths.invitations({ company }) },
  { key: 'company', icon: 'factory', needs: 'manage_company', path: (company) => identityPaths.company({ company }) },
  { key: 'apiKeys', icon: 'key', needs: 'manage_api_keys', path: (company) => identityPaths.apiKeys({ company }) },
  { key: 'displays', icon: 'tv', needs: 'manage_api_keys', path: (company) => identityPaths.displays({ company }) },
  { key: 'audit', icon: 'history', needs: 'view_query_log', path: (company) => identityPaths.audit({ company }) },
] as const satisfies readonly Item[]
export type AdministrationPage = (typeof pages)[number]['key']

type Asker = Pick<Actor, 'permissions'>

/** Pages that the actor may not open are not offered. */
export function administrationNavigation(
  page: PageContext,
  company: string,
  actor: Asker,
  current: AdministrationPage,
  { pendingUsers = 0 }: { readonly pendingUsers?: number } = {},
): NavItem[] {
  const t = translator(messages, page.language)
  const waiting = pendingUsers > 0 ? { count: pendingUsers, label: t('pendingUsers') } : undefined
  const dashboard = {
    key: 'dashboard',
    icon: 'dashboard',
    needs: 'view_dashboard',
    path: (slug) => identityPaths.dashboard({ company: slug }),
  } as const satisfies Item
  return [dashboard, ...pages]
    .filter(({ needs }) => actor.permissions.has(needs))
    .map(({ key, icon, path }) => ({
      href: page.url(path(company)),
      label: t(key),
      icon,
      isCurrent: key === current,
      ...(key === 'users' && waiting && { waiting }),
    }))
}

/** For the pages of other houses: leads to the first page of the administration that the actor may open; none for whoever may open none. */
export function administrationLink(page: PageContext, company: string, actor: Asker): NavItem[] {
  const first = pages.find(({ needs }) => actor.permissions.has(needs))
  const label = translator(messages, page.language)('administration')
  return first ? [{ href: page.url(first.path(company)), label, icon: 'admin_panel_settings', isCurrent: false }] : []
}

/** The company's own pages that the actor may open, the administration among them. Of the house that has them: identity knows none. */
export type CompanyLinks = (page: PageContext, company: string, actor: Asker) => readonly NavItem[]

/** For the pages of one's own account: the company's pages as everywhere else, and the platform's. */
export function accountNavigation(
  page: PageContext,
  { tenant, permissions }: Pick<Actor, 'permissions' | 'tenant'>,
  links: CompanyLinks,
): NavItem[] {
  const t = translator(messages, page.language)
  return [
    ...(tenant ? links(page, tenant.slug, { permissions }) : []),
    ...(permissions.has('manage_tenants') ? [tenantsLink(page, false)] : []),
    { href: page.url(identityPaths.account()), label: t('account'), icon: 'account_circle', isCurrent: true },
  ]
}

const tenantsLink = (page: PageContext, isCurrent: boolean): NavItem => ({
  href: page.url(identityPaths.platformTenants()),
  label: translator(messages, page.language)('tenants'),
  icon: 'factory',
  isCurrent,
})

/** For the platform's pages. */
export const platformNavigation = (page: PageContext): NavItem[] => [
  tenantsLink(page, true),
  {
    href: page.url(identityPaths.account()),
    label: translator(messages, page.language)('account'),
    icon: 'account_circle',
    isCurrent: false,
  },
]
