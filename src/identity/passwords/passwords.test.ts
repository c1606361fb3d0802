import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../platform/http/index.ts'
import { configureHashing, hashPassword, verifyNobody, verifyPassword } from './hash.ts'
import { passwordFaults } from './rule.ts'

const owner = { username: 'testuser', email: 'test@example.com' }
const messages = (password: string) => passwordFaults(password, owner, 'new_password').map((fault) => fault.message.en)
const rules = (password: string) => passwordFaults(password, owner, 'new_password').map((fault) => fault.rule)

/** As without settings: servers of other tests in this process leave theirs. */
const hashAsByDefault = () => configureHashing({ hashesAtOnce: 2, memoryKib: 65_536 })

test('AC-01 ID-01 a hash is an Argon2id PHC string with our cost and not the password', async () => {
  hashAsByDefault()
  const hash = await hashPassword('TestPassword123!')
  assert.notEqual(hash, 'TestPassword123!')
  assert.match(hash, /^\$argon2id\$v=19\$m=65536,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
})

test('AC-02 PL-81 the same password verifies', async () => {
  assert.equal(await verifyPassword(await hashPassword('TestPassword123!'), 'TestPassword123!'), true)
})

test('AC-03 another password does not', async () => {
  assert.equal(await verifyPassword(await hashPassword('TestPassword123!'), 'WrongPassword456!'), false)
})

for (const broken of ['invalid_hash', '', '$argon2id$', '$2b$12$abcdefghijklmnopqrstuv'])
  test(`AC-04 a malformed hash (${broken || 'empty'}) verifies nothing and throws nothing`, async () => {
    assert.equal(await verifyPassword(broken, 'TestPassword123!'), false)
  })

test('AC-05 one password hashes to two strings and both verify', async () => {
  const [first, second] = await Promise.all([hashPassword('TestPassword123!'), hashPassword('TestPassword123!')])
  assert.notEqual(first, second)
  assert.equal(await verifyPassword(first, 'TestPassword123!'), true)
  assert.equal(await verifyPassword(second, 'TestPassword123!'), true)
})

test('a password typed with another Unicode form is the same password', async () => {
  assert.equal(await verifyPassword(await hashPassword('Contrase\u00f1a_1'), 'Contrasen\u0303a_1'), true)
})

test('nobody has the hash of unknown users', async () => {
  assert.equal(await verifyNobody('TestPassword123!'), false)
})

test('the 53rd hash at a time is refused with 503, not queued for ever', async () => {
  hashAsByDefault()
  const outcomes = await Promise.allSettled(Array.from({ length: 53 }, () => verifyPassword('not a hash', 'x')))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
  assert.equal(refused.length, 1)
  assert.ok(refused[0] instanceof Problem)
  assert.equal(refused[0].status, 503)
  assert.equal(refused[0].code, 'too_busy')
  assert.equal(await verifyPassword('not a hash', 'x'), false) // and the queue is usable again
})

test('AC-22 a good new password has no faults', () => assert.deepEqual(messages('NewPass456!'), []))
test('AC-23 a short one is told so', () => assert.ok(messages('weak').some((message) => message.includes('at least 8 characters'))))
test('AC-24 one without upper case is told so', () => assert.ok(messages('newpass123').some((message) => message.includes('uppercase'))))
test('AC-25 one without digit is told so', () => assert.ok(messages('NewPassword').some((message) => message.includes('digit'))))

for (const c of [
  { password: '', want: ['min_length', 'uppercase', 'lowercase', 'digit'] },
  { password: 'ALLUPPER1', want: ['lowercase'] },
  { password: 'Ñandú2026x', want: [] },
  { password: `Aa1${'x'.repeat(125)}`, want: [] },
  { password: `Aa1${'x'.repeat(126)}`, want: ['max_length'] },
  { password: 'Password123', want: ['password_too_common'] },
  { password: 'Admin123!', want: [] },
  { password: 'Viewer123!', want: [] },
])
  test(`ID-03 all broken rules of "${c.password.slice(0, 12)}" come together: ${c.want.join(', ') || 'none'}`, () =>
    assert.deepEqual(rules(c.password), c.want))

test('ID-03 a password may not be its owner', () => {
  const fault = (password: string) =>
    passwordFaults(password, { username: 'maria.Lopez1', email: 'Maria2024@example.com' }, 'p').map((f) => f.rule)
  assert.deepEqual(fault('Maria2024@Example.com'), ['password_names_owner'])
  assert.deepEqual(fault('Maria2024'), ['password_names_owner'])
  assert.deepEqual(fault('Maria.Lopez1'), ['password_names_owner'])
})

test('the passwords of our own documentation are not on the list of common ones', () => {
  for (const sample of ['Admin123!', 'Viewer123!', 'TestPassword123!', 'NewPass456!', 'OldPass123!', 'ValidPass123!', 'Mi_Contraseña_123'])
    assert.deepEqual(rules(sample), [], sample)
})

for (const c of [
  { password: 'Andon2026!', want: true },
  { password: '2026-Andon', want: true },
  { password: 'Produccion-1', want: true },
  { password: 'Producción2026', want: true },
  { password: 'P@ssw0rd-1', want: true },
  { password: 'C0ntr4seña99', want: true },
  { password: '!!Qwerty12345', want: true },
  { password: 'B1envenid0s2027', want: true },
  { password: 'Maria19851985', want: true },
  { password: 'Andon-y-la-planta-7', want: false },
  { password: 'Una-clave-segura-1', want: false },
  { password: 'Xk7mPq2vRt', want: false },
])
  test(`ID-03 ${c.password} ${c.want ? 'is a word that anybody tries first, dressed up' : 'may be used'}`, () =>
    assert.deepEqual(rules(c.password), c.want ? ['password_too_common'] : []))
