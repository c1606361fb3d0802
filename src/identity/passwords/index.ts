/** Passwords: the rule for new ones, and Argon2id. Knows no user and no database. */
export { configureHashing, countHashes, hashPassword, isKnownHash, isOutdated, verifyNobody, verifyPassword } from './hash.ts'
export { passwordFaults, passwordMaxLength } from './rule.ts'
