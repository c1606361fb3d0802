/** How often one may ask; every path of the same thing counts together. */
import type { SharedRate } from '../../platform/http/index.ts'

export const registerRate: SharedRate = { isShared: true, bucket: 'auth-register', perMinute: 5, perHour: 20, by: 'address' }
export const verifyRate: SharedRate = { isShared: true, bucket: 'auth-verify-email', perMinute: 10, by: 'address' }
export const resendRate: SharedRate = { isShared: true, bucket: 'auth-resend', perMinute: 3, perHour: 10, by: 'address' }
