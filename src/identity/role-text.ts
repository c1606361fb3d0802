import type { Language } from '../platform/i18n/index.ts'
import { identityMessages } from './messages.ts'
import { isRole } from './permissions.ts'

/** A role as people read it; a company's own role is its own word. */
export const roleText = (word: string, language: Language): string => (isRole(word) ? identityMessages[`role.${word}`][language] : word)
