/** The small parts of a workbook: what is in it, and where. */
import { stylesXml } from './styles.ts'
import { spreadsheets, xmlHead, xmlText } from './xml.ts'

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Of sheets in order, from 0. */
export const sheetPart = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`

/** Spreadsheet programs refuse these letters and more than 31 of any. */
const sheetName = (name: string): string => name.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31)

const override = (part: string, type: string): string => `<Override PartName="/${part}" ContentType="${types}.${type}+xml"/>`
const relation = (id: string, type: string, target: string): string =>
  `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`

/** By name. */
export function bookParts(names: readonly string[]): Record<string, string> {
  const sheets = names.map((name, i) => ({ name: sheetName(name), id: `rId${i + 1}`, part: sheetPart(i) }))
  const overrides = [
    override('xl/workbook.xml', 'sheet.main'),
    override('xl/styles.xml', 'styles'),
    ...sheets.map(({ part }) => override(part, 'worksheet')),
  ]
  const inBook = [
    ...sheets.map(({ id, part }) => relation(id, 'worksheet', part.slice('xl/'.length))),
    relation(`rId${sheets.length + 1}`, 'styles', 'styles.xml'),
  ]
  const listed = sheets.map(({ name, id }, i) => `<sheet name="${xmlText(name)}" sheetId="${i + 1}" r:id="${id}"/>`)
  const relationships = (inside: string): string => `${xmlHead}<Relationships xmlns="${packages}/relationships">${inside}</Relationships>`
  return {
    '[Content_Types].xml': `${xmlHead}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join('')}</Types>`,
    '_rels/.rels': relationships(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `${xmlHead}<workbook xmlns="${spreadsheets}" xmlns:r="${relations}"><sheets>${listed.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(inBook.join('')),
    'xl/styles.xml': stylesXml,
  }
}
