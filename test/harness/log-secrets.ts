/** No log may hold a secret: every test server is held to it when it closes, so that all tests together search all their logs. */

/** What secrets of ours look like, wherever they stand. */
const shapes: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a JWT', /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/],
  ['a password hash', /\$argon2|\$2[aby]\$\d\d\$|pbkdf2:sha256:|scrypt:\d+:/],
  ['an API key', /andon_[a-z0-9]{8}_[\w-]{20,}/i],
  ['a link with its token', /[?&](token|code|otp|key|signature)=[\w%-]{6,}/i],
  ['a database address with its password', /\b(postgres|postgresql|mysql|mariadb):\/\/[^\s:@/]+:(?!\*\*\*|%5B|\[)[^\s@/]+@/i],
  ['a TOTP address', /otpauth:\/\//i],
]
/** Passwords of the tests' people; none is a word that something else would say. */
const passwords = [
  'ValidPass123!',
  'Admin123!',
  'Viewer123!',
  'Sur12345!',
  'Segura123!',
  'Mi_Contraseña_123',
  'NewPass456!',
  'Otra123!clave',
  'ClaveVieja1',
]

/** Each secret found, with the line it stands in cut short. */
export function secretsIn(lines: readonly unknown[]): string[] {
  return lines.flatMap((line) => {
    const text = JSON.stringify(line)
    const found = [
      ...shapes.filter(([, pattern]) => pattern.test(text)).map(([name]) => name),
      ...passwords.filter((password) => text.includes(password)).map(() => 'a password'),
    ]
    return found.map((name) => `${name} in the log: ${text.slice(0, 300)}`)
  })
}
