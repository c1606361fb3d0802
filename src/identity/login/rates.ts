/** How often one may try: per address where somebody guesses, per person where a session could be abused. */
import type { SharedRate } from '../../platform/http/index.ts'

/** Every way of signing in shares it; every attempt counts, also successful and malformed ones. */
export const loginRate: SharedRate = { isShared: true, bucket: 'login', perMinute: 5, by: 'address', event: 'login_rate_limited' }
/** Of the code after the password. */
export const codeRate: SharedRate = { isShared: true, bucket: 'auth-mfa', perMinute: 5, by: 'address', event: 'login_rate_limited' }
export const logoutRate: SharedRate = { isShared: true, bucket: 'auth-logout', perMinute: 30, by: 'address' }
export const logoutAllRate: SharedRate = { isShared: true, bucket: 'auth-logout-all', perMinute: 10, by: 'person' }
export const csrfRate: SharedRate = { isShared: true, bucket: 'auth-csrf', perMinute: 60, by: 'address' }
