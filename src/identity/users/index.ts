/** People. Knows no company. */
export {
  findUser,
  insertUser,
  themeOf,
  toUser,
  updateLastLogin,
  updatePassword,
  updatePreferences,
} from './queries.ts'
export {
  emailFaults,
  emailMaxLength,
  maskEmail,
  normaliseEmail,
  normaliseUsername,
  parseIdentifier,
  type User,
  usernameFaults,
  usernameMaxLength,
  usernameMinLength,
} from './user.ts'
export { loadUserObject, type Standing, UserObject } from './user-object.ts'
