/** People. Knows no company. */
export {
  findUser,
  insertUser,
  languageOf,
  type Preferences,
  themeOf,
  type UserWithHash,
  updateLastLogin,
  updatePassword,
  updatePreferences,
} from './queries.ts'
export { emailFaults, maskEmail, normaliseEmail, normaliseUsername, parseIdentifier, type User, usernameFaults } from './user.ts'
