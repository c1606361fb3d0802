/** Where a sign-in leads. */
import type { BrowserLoggedIn } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { isUsable } from '../tenants/index.ts'

/** The chosen company's dashboard, the only one's, or the choice. */
export const startPath = (companies: readonly { readonly slug: string }[], chosen: string | null): string => {
  const company = chosen ?? (companies.length === 1 ? companies[0]?.slug : undefined)
  return company === undefined ? identityPaths.companies() : identityPaths.dashboard({ company })
}

/** `next` is a local path; `/` when the person wanted nothing in particular. */
export function afterSignIn({ memberships, chosen }: Pick<BrowserLoggedIn, 'memberships' | 'chosen'>, next: string): string {
  if (next !== '/') return next
  return startPath(
    memberships.filter(isUsable).map(({ tenant }) => tenant),
    chosen?.tenant.slug ?? null,
  )
}
