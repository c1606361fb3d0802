/** The second factor: authenticator codes and recovery codes. May use: users, audit, mails. */
export { challengeLifeS, meetChallenge, openChallenge, openChallengeKind } from './challenge.ts'
export { problem as mfaProblem } from './problems.ts'
export { deleteExpiredChallenges } from './queries.ts'
export {
  confirm as confirmSecondFactor,
  findPendingSetup,
  findSecondFactor,
  isEnrolled,
  type MfaDeps,
  type MfaSettings,
  remove as removeSecondFactor,
  renewRecoveryCodes,
  resetMfa,
  type SecondFactor,
  type Setup,
  setUp as setUpSecondFactor,
  setupLifeMs,
  useCode,
} from './second-factor.ts'
export { qrImage, qrSvg } from './totp.ts'
