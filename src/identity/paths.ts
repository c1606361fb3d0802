/** Addresses of identity's pages. The dashboard's is plant's; a sign-in leads there. */
type InCompany = { readonly company: string }

export const identityPaths = {
  home: () => '/',
  login: () => '/login',
  loginCode: () => '/login/code',
  logout: () => '/logout',
  account: () => '/account',
  changePassword: () => '/account/password',
  accountPreferences: () => '/account/preferences',
  secondFactor: () => '/account/second-factor',
  accountSessions: () => '/account/sessions',
  accountPin: () => '/account/pin',
  avatar: () => '/account/avatar',
  logo: ({ company }: InCompany) => `/t/${company}/admin/logo`,
  companies: () => '/companies',
  dashboard: ({ company }: InCompany) => `/t/${company}/dashboard`,
  register: () => '/register',
  forgotPassword: () => '/forgot-password',
  resetPassword: () => '/reset-password',
  verifyEmail: () => '/verify-email',
  resendVerification: () => '/verify-email/resend',
  acceptInvitation: () => '/accept-invitation',
  users: ({ company }: InCompany) => `/t/${company}/admin/users`,
  invitations: ({ company }: InCompany) => `/t/${company}/admin/invitations`,
  company: ({ company }: InCompany) => `/t/${company}/admin/company`,
  apiKeys: ({ company }: InCompany) => `/t/${company}/admin/api-keys`,
  /** On a television or tablet. */
  screen: () => '/display',
  displays: ({ company }: InCompany) => `/t/${company}/admin/displays`,
  audit: ({ company }: InCompany) => `/t/${company}/admin/audit`,
  platformTenants: () => '/platform/tenants',
} as const
