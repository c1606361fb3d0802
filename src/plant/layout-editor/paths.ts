/** Where layouts are edited. */
import { configurationPaths } from '../configuration/index.ts'
import { plantPaths } from '../navigation.ts'

export const layoutPaths = {
  /** Of roles; `role` as the company writes it. */
  role: (slug: string, role?: string): string =>
    `${configurationPaths.dashboards(slug)}${role === undefined ? '' : `/${encodeURIComponent(role)}`}`,
  /** Everybody's own. */
  mine: plantPaths.myDashboard,
}
