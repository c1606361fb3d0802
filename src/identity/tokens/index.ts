/** Tokens: signed names of sessions. Knows no database. */
export { createToken, decodeToken, type TokenClaims, type TokenKeys, type TokenSubject, type TokenType, tokenKeys } from './tokens.ts'
