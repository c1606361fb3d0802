/** How often one may ask; every path of the same thing counts together. */
import type { SharedRate } from '../../platform/http/index.ts'

export const forgotRate: SharedRate = { isShared: true, bucket: 'auth-forgot', perMinute: 5, perHour: 30, by: 'address' }
export const resetRate: SharedRate = { isShared: true, bucket: 'auth-reset', perMinute: 10, by: 'address' }
