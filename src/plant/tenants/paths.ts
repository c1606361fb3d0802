/** Addresses of the platform's pages of companies. */
type One = { readonly ref: string }

export const tenantPaths = {
  list: () => '/platform/tenants',
  create: () => '/platform/tenants/new',
  one: ({ ref }: One) => `/platform/tenants/${ref}`,
  state: ({ ref }: One) => `/platform/tenants/${ref}/state`,
  attach: ({ ref }: One) => `/platform/tenants/${ref}/plant/attachment`,
  own: ({ ref }: One) => `/platform/tenants/${ref}/plant/own`,
  rotate: ({ ref }: One) => `/platform/tenants/${ref}/plant/credentials`,
  detach: ({ ref }: One) => `/platform/tenants/${ref}/plant/detachment`,
} as const
