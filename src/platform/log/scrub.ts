/** By pattern: what looks like a secret is taken out of a finished log line, wherever it came from (a driver's message, a URL, a stack). A line holds what
 *  strangers sent, as long as they like: a pattern begins where a run of its letters begins, or at a fixed word, and reads each letter once. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host → scheme://[redacted]@host. Only the credentials: the host helps to find the fault.
  [/:\/\/[^\s"'/@]+@/g, '://[redacted]@'],
  // JSON Web Tokens.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\bandon_[a-z0-9]+_[\w-]{16,}/gi, '[redacted]'],
  [/\$argon2[a-z]*\$[^\s"']+/g, '[redacted]'],
  // Tokens that are part of an address.
  [/\b(lookup|invitation|reset-password|verify-email|accept-invitation)\/[\w-]{20,}/g, '$1/[redacted]'],
  // name=value and "name":"value" inside texts.
  [/\b(password|passwd|pwd|secret|token|api_?key|otp)(=|%3D|\\?":\s*\\?")([^\s"&\\]+)/gi, '$1$2[redacted]'],
]

/** `ana.perez@acme.com` → `a***@acme.com`: enough to find a person who reports a fault, not enough to write to them. */
export const maskEmail = (email: string): string => email.replace(/^(.)[^@]*@/, '$1***@')

const emails = /(?<![A-Z0-9._%+-])[A-Z0-9._%+-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.[A-Z]{2,}/gi

export const scrub = (line: string): string => {
  let clean = line
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement)
  return clean.includes('@') ? clean.replace(emails, maskEmail) : clean
}
