/** Whose a layout is. */
export type LayoutOwner = { readonly kind: 'role'; readonly role: string } | { readonly kind: 'person'; readonly userId: number }

/** What everybody without a layout of their role gets. */
export const companyDefault = 'DEFAULT'

/** As in `layout_versions.owner`: letter case of roles does not count. */
export const ownerKey = (owner: LayoutOwner): string =>
  owner.kind === 'role' ? `role ${owner.role.trim().toUpperCase()}` : `person ${owner.userId}`
