/** Access, context and refresh tokens: signed JSON that names a session. Pure: no database, no clock but `nowMs`. */
import { errors, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { problem } from '../problems.ts'

export type TokenType = 'access' | 'context' | 'refresh'

/** The first key signs; all of them verify (`kid` says which), so that keys can be rotated. */
export type TokenKeys = { readonly signing: TokenKey; readonly byId: ReadonlyMap<string, Uint8Array> }
export type TokenKey = { readonly kid: string; readonly key: Uint8Array }

export type TokenSubject = {
  readonly userId: number
  readonly username: string
  /** Null without a company. */
  readonly tenantId: number | null
  readonly role: string | null
  readonly sessionUuid: string
  /** `users.token_version`: raising it ends every token of the user. */
  readonly version: number
}

export type TokenClaims = TokenSubject & { readonly tokenType: TokenType; readonly tokenId: string; readonly iat: Date; readonly exp: Date }

const issuer = 'andon'
const audience = 'andon-api'
const algorithm = 'HS256'

export const tokenKeys = (keys: readonly [TokenKey, ...TokenKey[]]): TokenKeys => ({
  signing: keys[0],
  byId: new Map(keys.map(({ kid, key }) => [kid, key])),
})

export type TokenOptions = { readonly type: TokenType; readonly tokenId: string; readonly nowMs: number; readonly lifetimeS: number }

/** A compact JWS. No e-mail, no permissions and no database name go into it: whoever holds it can read it. */
export function createToken(keys: TokenKeys, subject: TokenSubject, { type, tokenId, nowMs, lifetimeS }: TokenOptions): Promise<string> {
  const nowS = Math.floor(nowMs / 1000)
  return new SignJWT({
    uid: subject.userId,
    username: subject.username,
    role: subject.role,
    tenant_id: subject.tenantId,
    tid: subject.tenantId,
    type,
    sid: subject.sessionUuid,
    ver: subject.version,
  })
    .setProtectedHeader({ alg: algorithm, kid: keys.signing.kid, typ: 'JWT' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(String(subject.userId))
    .setJti(tokenId)
    .setIssuedAt(nowS)
    .setNotBefore(nowS)
    .setExpirationTime(nowS + lifetimeS)
    .sign(keys.signing.key)
}

/** Zero leeway: a token that expired a second ago is refused. Throws `token_expired` and `token_invalid` (401);
 *  the latter also when `expected` is given and the token is of another type. */
export async function decodeToken(keys: TokenKeys, token: string, nowMs: number, expected?: readonly TokenType[]): Promise<TokenClaims> {
  const claims = await verified(keys, token, nowMs)
  if (expected && !expected.includes(claims.tokenType)) throw problem('token_invalid')
  return claims
}

const mostVerified = 2_000
const verifiedBy = new WeakMap<TokenKeys, LRUCache<string, TokenClaims>>()

/** A signature that holds once holds for ever: only the times of a token known by all its letters are looked at again. */
async function verified(keys: TokenKeys, token: string, nowMs: number): Promise<TokenClaims> {
  const known = verifiedBy.get(keys) ?? new LRUCache<string, TokenClaims>({ max: mostVerified })
  verifiedBy.set(keys, known)
  const seen = known.get(token)
  if (!seen) {
    const claims = await verify(keys, token, nowMs)
    known.set(token, claims)
    return claims
  }
  const nowS = Math.floor(nowMs / 1000)
  if (seen.exp.getTime() / 1000 <= nowS) throw problem('token_expired')
  // tokens hold from the second they were made
  if (seen.iat.getTime() / 1000 > nowS) throw problem('token_invalid')
  return seen
}

async function verify(keys: TokenKeys, token: string, nowMs: number): Promise<TokenClaims> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keys, kid), {
      algorithms: [algorithm],
      issuer,
      audience,
      clockTolerance: 0,
      currentDate: new Date(nowMs),
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'sid', 'type'],
    })
    return claimsOf(payload)
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw problem('token_expired')
    throw problem('token_invalid')
  }
}

function keyOf(keys: TokenKeys, kid: string | undefined): Uint8Array {
  const key = keys.byId.get(kid ?? '')
  if (!key) throw new errors.JWKSNoMatchingKey()
  return key
}

function claimsOf(payload: Readonly<Record<string, unknown>>): TokenClaims {
  const { uid, username, role, tenant_id: tenantId, type, sid, jti, iat, exp, ver } = payload
  const isWhole =
    Number.isSafeInteger(uid) &&
    typeof username === 'string' &&
    typeof sid === 'string' &&
    typeof jti === 'string' &&
    Number.isSafeInteger(ver)
  if (!isWhole || !isTokenType(type) || !isNullOr(Number.isSafeInteger, tenantId) || !isNullOr((value) => typeof value === 'string', role))
    throw problem('token_invalid')
  return {
    userId: uid as number,
    username: username as string,
    tenantId: tenantId as number | null,
    role: role as string | null,
    sessionUuid: sid as string,
    version: ver as number,
    tokenType: type,
    tokenId: jti as string,
    iat: new Date((iat as number) * 1000),
    exp: new Date((exp as number) * 1000),
  }
}

const isTokenType = (value: unknown): value is TokenType => value === 'access' || value === 'context' || value === 'refresh'
const isNullOr = (holds: (value: unknown) => boolean, value: unknown): boolean => value === null || holds(value)
