import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineTableNames, type NamedLine, resolveTables, slugOf, type TableMapping } from './names.ts'

const line = (lineId: number, lineName: string, lineCode: string): NamedLine => ({ lineId, lineName, lineCode })

for (const c of [
  { text: 'Línea Ñandú 25 kg', want: 'linea_nandu_25_kg' },
  { text: '  --Tecmar 1!  ', want: 'tecmar_1' },
  { text: 'ﬁltro №5', want: 'filtro_no5' },
  { text: '日本', want: '' },
  { text: 'x'.repeat(60), want: 'x'.repeat(48) },
  { text: `${'x'.repeat(47)} y`, want: 'x'.repeat(47) },
])
  test(`the slug of "${c.text}"`, () => assert.equal(slugOf(c.text), c.want))

test('PL-11 a new line gets its tables from the slug of its code', () => {
  assert.deepEqual(lineTableNames('Ñ-25'), { detectionTable: 'detection_line_n_25', downtimeTable: 'downtime_events_n_25' })
  assert.throws(() => lineTableNames('日本'), /日本/)
})

for (const c of [
  {
    name: 'lower-cased name',
    line: line(1, 'Bolsa25kg', 'B-1'),
    tables: ['detection_line_bolsa25kg', 'detection_line_b_1'],
    want: 'detection_line_bolsa25kg',
  },
  {
    name: 'raw name with spaces and accents',
    line: line(4, 'Línea Ñandú', 'N'),
    tables: ['detection_line_línea ñandú', 'detection_line_linea_nandu'],
    want: 'detection_line_línea ñandú',
  },
  {
    name: 'accents written as separate marks',
    line: line(4, 'Línea', 'N'),
    tables: ['detection_line_línea'.normalize('NFD')],
    want: 'detection_line_línea'.normalize('NFD'),
  },
  {
    name: 'slug of the name',
    line: line(2, 'Tecmar 1', 'T1'),
    tables: ['detection_line_tecmar_1', 'detection_line_t1'],
    want: 'detection_line_tecmar_1',
  },
  {
    name: 'lower-cased code',
    line: line(2, 'Tecmar 1', 'TEC-1'),
    tables: ['detection_line_tec-1', 'detection_line_tec_1'],
    want: 'detection_line_tec-1',
  },
  {
    name: 'slug of the code',
    line: line(2, 'Tecmar 1', 'TEC-1'),
    tables: ['detection_line_tec_1', 'detection_line_2'],
    want: 'detection_line_tec_1',
  },
  { name: 'line id', line: line(2, 'Tecmar 1', 'TEC-1'), tables: ['detection_line_2', 'detection_line_3'], want: 'detection_line_2' },
  { name: 'upper-case table', line: line(1, 'Volpak', 'V'), tables: ['DETECTION_LINE_VOLPAK'], want: 'DETECTION_LINE_VOLPAK' },
  { name: 'nothing', line: line(1, 'Volpak', 'V'), tables: ['detection_line_other', 'downtime_events_volpak'], want: undefined },
  {
    name: 'a name of spaces never matches the bare prefix',
    line: line(1, ' ', ''),
    tables: ['detection_line_', 'detection_line_ '],
    want: undefined,
  },
])
  test(`PL-08 a line's table is found by: ${c.name}`, () =>
    assert.equal(resolveTables([c.line], c.tables, []).detection.get(c.line.lineId), c.want))

test('PL-08 detection and downtime tables are found independently', () => {
  const found = resolveTables([line(3, 'Volpak', 'VP-03')], ['detection_line_volpak', 'downtime_events_3'], [])
  assert.equal(found.detection.get(3), 'detection_line_volpak')
  assert.equal(found.downtime.get(3), 'downtime_events_3')
  assert.deepEqual(found.findings, [])
})

test('PL-09 a line without a table is a finding, for each kind', () => {
  const { findings } = resolveTables([line(1, 'A', 'a')], ['detection_line_a'], [])
  assert.deepEqual(findings, [{ kind: 'missing', table: 'downtime', line: line(1, 'A', 'a'), takenBy: null }])
})

test('PL-09 a table that fits two lines goes to neither', () => {
  const lines = [line(1, 'Tecmar', 'X'), line(2, 'Otra', 'TECMAR')]
  const found = resolveTables(lines, ['detection_line_tecmar', 'downtime_events_1', 'downtime_events_2'], [])
  assert.equal(found.detection.size, 0)
  assert.deepEqual(found.findings, [{ kind: 'shared', table: 'detection', tableName: 'detection_line_tecmar', lines }])
})

test('PL-09 tables that differ only by letter case are refused unless one is written exactly so', () => {
  const only = line(1, 'Volpak', 'V')
  assert.equal(resolveTables([only], ['DETECTION_LINE_VOLPAK', 'detection_line_volpak'], []).detection.get(1), 'detection_line_volpak')
  const { detection, findings } = resolveTables([only], ['DETECTION_LINE_VOLPAK', 'Detection_line_volpak', 'downtime_events_1'], [])
  assert.equal(detection.size, 0)
  assert.deepEqual(
    findings.map((finding) => finding.kind),
    ['several'],
  )
})

test('PL-10 a renamed line keeps the table settled earlier, and a new line of the old name does not steal it', () => {
  const mappings: TableMapping[] = [{ lineId: 1, kind: 'detection', tableName: 'detection_line_alfa' }]
  const lines = [line(1, 'Beta', 'B'), line(2, 'Alfa', 'A')]
  const found = resolveTables(lines, ['detection_line_alfa', 'downtime_events_1', 'downtime_events_2'], mappings)
  assert.equal(found.detection.get(1), 'detection_line_alfa')
  assert.equal(found.detection.has(2), false)
  assert.deepEqual(found.findings, [{ kind: 'missing', table: 'detection', line: lines[1], takenBy: 1 }])
})

test('PL-10 a settled table that is gone falls back to the names and is reported', () => {
  const mappings: TableMapping[] = [{ lineId: 1, kind: 'detection', tableName: 'detection_line_old' }]
  const found = resolveTables([line(1, 'Beta', 'B')], ['detection_line_beta', 'downtime_events_1'], mappings)
  assert.equal(found.detection.get(1), 'detection_line_beta')
  assert.deepEqual(
    found.findings.map((finding) => finding.kind),
    ['gone'],
  )
})
