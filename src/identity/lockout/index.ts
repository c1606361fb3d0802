/** Failed sign-ins and what they close. May use: users, mails, audit. */
export {
  beginTry,
  failTry,
  forgiveFailures,
  isLockedOut,
  type LockoutDeps,
  lockStateOf,
  noteFailedFactor,
  sweepLoginFailures,
  type Try,
  unlockAccount,
  withdrawTry,
} from './lockout.ts'
