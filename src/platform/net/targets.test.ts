import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNetworks, resolveTarget, TargetRefusedError } from './targets.ts'

const at =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
const outcome = async (addresses: string[], networks: string[] = []): Promise<string> =>
  resolveTarget('db.example.com', networks, at(...addresses)).catch((error: unknown) => {
    assert.ok(error instanceof TargetRefusedError)
    for (const address of addresses) assert.ok(!error.message.includes(address), 'what was found is not told')
    return error.kind
  })

for (const address of ['8.8.8.8', '203.0.114.1', '2a00:1450::1', '172.32.0.1', '100.128.0.1'])
  test(`guard: ${address} is public`, async () => assert.equal(await outcome([address]), address))

for (const address of [
  '127.0.0.1',
  '127.8.8.8',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  'fd00::1',
  'fe80::1',
  '2002:a00:1::',
  '::127.0.0.1',
  '::ffff:0:7f00:1',
  'fec0::1',
])
  test(`guard: ${address} is closed until the operator names it`, async () => {
    assert.equal(await outcome([address]), 'closed')
    assert.equal(await outcome(['8.8.8.8', address]), 'closed', 'one closed address closes the name')
  })

test('guard: networks that the operator named are open, their neighbours are not', async () => {
  assert.equal(await outcome(['10.1.2.3'], ['10.1.0.0/16']), '10.1.2.3')
  assert.equal(await outcome(['10.2.2.3'], ['10.1.0.0/16']), 'closed')
  assert.equal(await outcome(['::ffff:10.1.2.3'], ['10.1.2.3']), '::ffff:10.1.2.3')
  assert.equal(await outcome(['fd00::7'], ['fd00::/8']), 'fd00::7')
  assert.equal(await outcome([]), 'unknown')
})

test('guard: numbers in odd clothes are resolved before they are judged', async () => {
  for (const host of ['0x7f000001', '2130706433', '127.1', '0'])
    await assert.rejects(resolveTarget(host, []), (error) => error instanceof TargetRefusedError, host)
})

test('guard: the setting takes addresses and networks, nothing else', () => {
  assert.deepEqual(parseNetworks(' 10.0.0.0/8 ,192.168.1.20, fd00::/8'), ['10.0.0.0/8', '192.168.1.20', 'fd00::/8'])
  assert.deepEqual(parseNetworks(''), [])
  for (const wrong of ['10.0.0.0/33', 'lan', '10.0.0', '10.0.0.0/x', '*', '1.1.1.1/'])
    assert.throws(() => parseNetworks(wrong), /must be addresses or networks/, wrong)
})
