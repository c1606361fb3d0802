/** A secret in base64url with one bit turned for certain: its last character may hold bits that nobody reads, and random ones may be right already. */
export const tampered = (text: string): string => `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`
