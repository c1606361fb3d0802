/** People. Knows no company. */
export { createAccount } from './account.ts'
export { applyPendingEmail, markEmailProven, updateEmail, updatePendingEmail, withdrawPendingEmail } from './addresses.ts'
export {
  categories,
  displayName,
  folded,
  genders,
  type ProfileChange,
  ProfileFields,
  type ProfileInput,
  parseProfile,
  profileColumns,
} from './profile.ts'
export {
  findDisplayName,
  findUser,
  insertUser,
  isSamePassword,
  languageOf,
  renewPasswordHash,
  themeOf,
  toUser,
  type UserWithHash,
  updateLastLogin,
  updatePassword,
  updatePreferences,
  updateProfile,
  voidPassword,
} from './queries.ts'
export {
  type ApprovalStatus,
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
export {
  loadUserObject,
  type Standing,
  selectUserObjects,
  UserObject,
  userObject,
} from './user-object.ts'
