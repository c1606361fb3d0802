/** How cells look. */
import { spreadsheets, xmlHead } from './xml.ts'

/** `exact` with six decimals, `ratio` is 0…1 shown as percent, `date` and `moment` are seconds of wall time since 1970-01-01 00:00. */
const formats = {
  whole: '#,##0',
  decimal: '#,##0.##',
  exact: '0.000000',
  ratio: '0.0%',
  date: 'dd/mm/yyyy',
  moment: 'dd/mm/yyyy hh:mm:ss',
} as const
export type XlsxFormat = keyof typeof formats
const formatNames = Object.keys(formats) as XlsxFormat[]
/** Lower numbers are the program's own. */
const firstFormatId = 164

const looks = ['plain', 'header', 'numberHeader', 'note'] as const
type Look = (typeof looks)[number]

/** What a cell's `s` says. */
export const styleOf = Object.fromEntries([...looks, ...formatNames].map((name, i) => [name, i])) as Readonly<
  Record<Look | XlsxFormat, number>
>

const face = '<name val="Calibri"/>'
const fonts = [`<sz val="11"/>${face}`, `<b/><sz val="11"/>${face}`, `<sz val="11"/><color rgb="FF5F6E84"/>${face}`]
// the first two are fixed
const fills = [
  '<patternFill patternType="none"/>',
  '<patternFill patternType="gray125"/>',
  '<patternFill patternType="solid"><fgColor rgb="FFE1EDFD"/></patternFill>',
]

const xf = (formatId: number, font: number, fill: number, inside = ''): string =>
  `<xf numFmtId="${formatId}" fontId="${font}" fillId="${fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">${inside}</xf>`
const styles = [
  ...[xf(0, 0, 0), xf(0, 1, 2), xf(0, 1, 2, '<alignment horizontal="right"/>'), xf(0, 2, 0)],
  ...formatNames.map((_, i) => xf(firstFormatId + i, 0, 0)),
]

const list = (name: string, of: string, items: readonly string[]): string =>
  `<${name} count="${items.length}">${items.map((item) => `<${of}>${item}</${of}>`).join('')}</${name}>`
const numFmts = formatNames.map((name, i) => `<numFmt numFmtId="${firstFormatId + i}" formatCode="${formats[name]}"/>`).join('')

export const stylesXml = `${xmlHead}<styleSheet xmlns="${spreadsheets}"><numFmts count="${formatNames.length}">${numFmts}</numFmts>${list('fonts', 'font', fonts)}${list('fills', 'fill', fills)}<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${styles.length}">${styles.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
