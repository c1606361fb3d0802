import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nitCheckDigit, parseTaxId, type TaxIdType } from './tax-id.ts'

for (const [base, digit] of [
  ['900123456', '8'],
  ['830063999', '3'],
  ['900373115', '3'],
  ['901886184', '7'],
  ['800197268', '4'],
  ['860002964', '4'],
  ['890900608', '9'],
  ['899999068', '1'],
  ['900000009', '0'],
  ['222222222222', '7'],
] as const)
  test(`ID-55 the check digit of NIT ${base} is ${digit}`, () => assert.equal(nitCheckDigit(base), digit))

const read = (type: TaxIdType, country: string | null, typed: string): string => {
  const parsed = parseTaxId(type, country, typed)
  return parsed.kind === 'fault' ? parsed.rule : `${parsed.taxId}${parsed.checkDigit === null ? '' : ` dv ${parsed.checkDigit}`}`
}

for (const c of [
  { name: 'a NIT without its digit', type: 'NIT', typed: '900123456', want: '900123456 dv 8' },
  { name: 'a NIT as it is printed', type: 'NIT', typed: ' 900.123.456-8 ', want: '900123456 dv 8' },
  { name: 'a NIT with another digit', type: 'NIT', typed: '900123456-1', want: 'check_digit' },
  { name: 'a NIT of ten digits', type: 'NIT', typed: '1020304050', want: `1020304050 dv ${nitCheckDigit('1020304050')}` },
  { name: 'a NIT that starts with 0', type: 'NIT', typed: '012345678', want: 'format' },
  { name: 'a NIT of seven digits', type: 'NIT', typed: '9001234', want: 'format' },
  { name: 'a NIT with letters', type: 'NIT', typed: '90012345a', want: 'format' },
  { name: 'an Ecuadorian company', type: 'RUC', typed: '1790016919001', want: '1790016919001' },
  { name: 'an Ecuadorian public body', type: 'RUC', typed: '1760001550001', want: '1760001550001' },
  { name: 'an Ecuadorian person', type: 'RUC', typed: '1710034065001', want: '1710034065001' },
  { name: 'an RUC with one digit changed', type: 'RUC', typed: '1790016929001', want: 'check_digit' },
  { name: 'an RUC of a province that is not there', type: 'RUC', typed: '2590016919001', want: 'format' },
  { name: 'an RUC without establishment', type: 'RUC', typed: '1790016919000', want: 'format' },
  { name: 'a Peruvian RUC, by form only', type: 'RUC', country: 'PE', typed: '20100070970', want: '20100070970' },
  { name: 'a CUIT as it is printed', type: 'CUIT', typed: '30-50001091-2', want: '30500010912' },
  { name: 'a CUIT with another digit', type: 'CUIT', typed: '30-50001091-3', want: 'check_digit' },
  { name: 'a CUIT of no kind', type: 'CUIT', typed: '99500010912', want: 'format' },
  { name: 'a Mexican RFC', type: 'RFC', typed: 'gom-900101-ab1', want: 'GOM900101AB1' },
  { name: 'a Mexican RFC of no form', type: 'RFC', typed: 'GOM9001', want: 'format' },
  { name: 'a number of somewhere else', type: 'OTHER', country: 'DE', typed: 'DE 123456789', want: 'DE123456789' },
  { name: 'markup', type: 'OTHER', typed: '<b>123</b>', want: 'format' },
] as const)
  test(`ID-55 tax id: ${c.name}`, () => assert.equal(read(c.type, 'country' in c ? (c.country ?? null) : null, c.typed), c.want))

test('ID-55 one wrong digit of a NIT, an RUC or a CUIT is always seen', () => {
  const numbers = [
    { type: 'CUIT', typed: '30500010912', at: [2, 9] },
    { type: 'RUC', typed: '1710034065001', at: [3, 8] },
  ] as const
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.nat(6), fc.integer({ min: 1, max: 9 }), ({ type, typed, at }, step, change) => {
      const index = Math.min(at[0] + step, at[1])
      const other = [...typed].map((digit, place) => (place === index ? String((Number(digit) + change) % 10) : digit)).join('')
      assert.equal(parseTaxId(type, null, other).kind, 'fault')
    }),
  )
})
