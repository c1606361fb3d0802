/** What loading found about tables, in words for people. */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { TableFinding } from '../source/index.ts'

const kindNames = { detection: { es: 'detecciones', en: 'detection' }, downtime: { es: 'paradas', en: 'downtime' } } as const

export function tableWarning(finding: TableFinding): Text {
  const { es, en } = kindNames[finding.table]
  switch (finding.kind) {
    case 'missing':
      return finding.takenBy === null
        ? { es: `La línea "${finding.line.lineName}" no tiene tabla de ${es}`, en: `Line "${finding.line.lineName}" has no ${en} table` }
        : {
            es: `La línea "${finding.line.lineName}" no tiene tabla de ${es}: la que le correspondería por nombre es de la línea ${finding.takenBy}`,
            en: `Line "${finding.line.lineName}" has no ${en} table: the one of its name belongs to line ${finding.takenBy}`,
          }
    case 'shared': {
      const names = finding.lines.map((line) => `"${line.lineName}"`).join(', ')
      return {
        es: `La tabla "${finding.tableName}" corresponde a varias líneas (${names}): no se usa para ninguna`,
        en: `Table "${finding.tableName}" fits several lines (${names}): it is used for none`,
      }
    }
    case 'several':
      return {
        es: `La línea "${finding.line.lineName}" tiene varias tablas de ${es} posibles: ${finding.tableNames.join(', ')}`,
        en: `Line "${finding.line.lineName}" has several possible ${en} tables: ${finding.tableNames.join(', ')}`,
      }
    case 'gone':
      return {
        es: `La tabla "${finding.tableName}" de la línea "${finding.line.lineName}" ya no existe`,
        en: `Table "${finding.tableName}" of line "${finding.line.lineName}" no longer exists`,
      }
  }
}

/** Ids of the lines that the words of a finding name. */
export const linesNamed = (finding: TableFinding): number[] => {
  if (finding.kind === 'shared') return finding.lines.map(({ lineId }) => lineId)
  const takenBy = finding.kind === 'missing' ? finding.takenBy : null
  return [finding.line.lineId, ...(takenBy === null ? [] : [takenBy])]
}
