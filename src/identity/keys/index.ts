/** API keys: what they are and what they may do. May use: tenants, users. */
export { recogniseKey } from './holder.ts'
export { hashedPart, keyText, newKey, parseNetwork } from './key.ts'
export {
  countKeys,
  countUsableKeys,
  findKey,
  insertKey,
  type KeyChange,
  type ListedKey,
  listKeys,
  markRevoked,
  updateKey,
} from './queries.ts'
