/** Addresses of identity's pages. The dashboard's is plant's; a sign-in leads there. */
export const identityPaths = {
  home: () => '/',
  login: () => '/login',
  logout: () => '/logout',
  account: () => '/account',
  changePassword: () => '/account/password',
  accountPreferences: () => '/account/preferences',
  companies: () => '/companies',
  dashboard: ({ company }: { readonly company: string }) => `/t/${company}/dashboard`,
} as const
