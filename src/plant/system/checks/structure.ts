/** Tables and columns against spec plant 2.3: what is hard, what is only missed, and which table is whose. */
import type { Text } from '../../../platform/i18n/i18n.ts'
import { type LoadedModel, tableWarning } from '../../model/index.ts'
import { detectionTable, downtimeTable, fixedTables, type PlantTable } from '../../source/index.ts'
import { bad, type Check, listed, ok } from './check.ts'

const titles = {
  tables: { es: 'Tablas de la planta', en: 'Plant tables' },
  columns: { es: 'Columnas', en: 'Columns' },
  types: { es: 'Tipos de las fechas', en: 'Types of dates' },
  lineTables: { es: 'Tablas de cada línea', en: 'Tables of each line' },
} as const satisfies Record<string, Text>

export function checkTables({ catalog }: LoadedModel): Check {
  const missing = fixedTables.filter((table) => catalog.find(table.name) === null)
  const hard = missing.filter((table) => table.isHard).map((table) => table.name)
  const soft = missing.filter((table) => !table.isHard).map((table) => table.name)
  const counts = { tables: catalog.tableNames.length }
  if (hard.length > 0)
    return bad(
      'tables',
      'error',
      titles.tables,
      {
        es: `Faltan tablas imprescindibles: ${listed(hard)}. Sin ellas la planta no se puede mostrar.`,
        en: `Tables that cannot be done without are missing: ${listed(hard)}. The plant cannot be shown.`,
      },
      {
        es: 'Revise que la dirección nombre la base correcta y que la cuenta pueda leer esas tablas.',
        en: 'Check that the address names the right database and that the account may read those tables.',
      },
      { ...counts, missing: missing.length },
    )
  if (soft.length > 0)
    return bad(
      'tables',
      'warn',
      titles.tables,
      {
        es: `No están: ${listed(soft)}. Lo que dependa de ellas queda vacío.`,
        en: `Not there: ${listed(soft)}. What depends on them stays empty.`,
      },
      { es: 'Si el cliente no las usa, no hace falta nada.', en: 'If the customer does not use them, nothing is needed.' },
      { ...counts, missing: missing.length },
    )
  return ok('tables', titles.tables, { es: 'Están todas.', en: 'All are there.' }, counts)
}

export function checkColumns({ catalog, model }: LoadedModel): Check {
  const hard: string[] = []
  const soft: string[] = []
  for (const table of fixedTables) {
    const real = catalog.find(table.name)
    if (!real) continue
    for (const column of table.columns.filter(({ name }) => !real.columns.has(name))) {
      if (column.need === 'hard') hard.push(`${table.name}.${column.name}`)
      else if (column.need !== 'optional') soft.push(`${table.name}.${column.name}`)
    }
  }
  for (const line of model.lines)
    for (const [name, wanted] of [
      [line.detectionTable?.name, detectionTable('').columns],
      [line.downtimeTable, downtimeTable('').columns],
    ] as const) {
      const real: PlantTable | null = name ? catalog.table(name) : null
      for (const column of wanted) if (real && !real.columns.has(column.name)) hard.push(`${real.name}.${column.name}`)
    }
  const counts = { missing: hard.length + soft.length }
  if (hard.length > 0)
    return bad(
      'columns',
      'error',
      titles.columns,
      { es: `Faltan columnas imprescindibles: ${listed(hard)}.`, en: `Columns that cannot be done without are missing: ${listed(hard)}.` },
      {
        es: 'El cliente debe agregarlas (o darlas en una vista) con esos nombres.',
        en: 'The customer must add them (or provide them in a view) under those names.',
      },
      counts,
    )
  if (soft.length > 0)
    return bad(
      'columns',
      'warn',
      titles.columns,
      {
        es: `Faltan columnas: ${listed(soft)}. Se usa su valor por defecto.`,
        en: `Columns are missing: ${listed(soft)}. Their default is used.`,
      },
      {
        es: 'Si el valor por defecto no es el correcto, el cliente debe agregarlas.',
        en: 'If the default is not right, the customer must add them.',
      },
      counts,
    )
  return ok('columns', titles.columns, { es: 'Están todas.', en: 'All are there.' }, counts)
}

/** A TIMESTAMP changes with the zone of the session that reads it; plant times are wall times. */
export function checkTypes({ catalog, model }: LoadedModel): Check {
  const zoned = model.lines.flatMap((line) =>
    [
      [line.detectionTable?.name, ['detected_at']],
      [line.downtimeTable, ['start_time', 'end_time']],
    ].flatMap(([name, columns]) => {
      const table = typeof name === 'string' ? catalog.table(name) : null
      return [...(columns ?? [])]
        .filter((column) => isZoned(table?.columns.get(column)?.type ?? ''))
        .map((column) => `${table?.name}.${column}`)
    }),
  )
  if (zoned.length === 0)
    return ok('types', titles.types, { es: 'Son horas locales sin zona.', en: 'They are local times without a zone.' })
  return bad(
    'types',
    'warn',
    titles.types,
    {
      es: `Dependen de la zona horaria de la conexión: ${listed(zoned)}. Se leen en UTC.`,
      en: `They depend on the time zone of the connection: ${listed(zoned)}. They are read in UTC.`,
    },
    { es: 'Use DATETIME (sin zona) con la hora local de la planta.', en: "Use DATETIME (without zone) holding the plant's local time." },
    { columns: zoned.length },
  )
}

const isZoned = (type: string): boolean => /^timestamp(\(\d+\))?$|with time zone|timestamptz/i.test(type)

/** Ambiguity is an error, an absent table a warning: such a line shows "no table", never zero production. */
export function checkLineTables({ tables, model }: LoadedModel): Check {
  const counts = { lines: model.lines.length, detection_tables: tables.detection.size, downtime_tables: tables.downtime.size }
  if (tables.findings.length === 0)
    return ok('line_tables', titles.lineTables, { es: 'Cada línea tiene las suyas.', en: 'Each line has its own.' }, counts)
  const isAmbiguous = tables.findings.some((finding) => finding.kind === 'shared' || finding.kind === 'several')
  const words = tables.findings.map(tableWarning)
  return bad(
    'line_tables',
    isAmbiguous ? 'error' : 'warn',
    titles.lineTables,
    { es: `${listed(words.map((word) => word.es))}.`, en: `${listed(words.map((word) => word.en))}.` },
    isAmbiguous
      ? {
          es: 'Diga cuál es de quién al conectar, en «Lo que se encontró», o con "bin/andon register-tenant … --table <línea>=<tabla>". Hasta entonces esas líneas no muestran datos.',
          en: 'Say whose is which while attaching, under “What was found”, or with "bin/andon register-tenant … --table <line>=<table>". Until then those lines show no data.',
        }
      : {
          es: 'Cree las que falten con "bin/andon init-dynamic-tables", o diga el nombre con "register-tenant … --table".',
          en: 'Make the missing ones with "bin/andon init-dynamic-tables", or name them with "register-tenant … --table".',
        },
    counts,
  )
}
