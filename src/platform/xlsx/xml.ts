/** Texts as XML 1.0 can hold them. */

export const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
/** The namespace of what is in a spreadsheet. */
export const spreadsheets = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** No control characters and no half surrogates: one of them would make the whole file unreadable. `_x0041_` would be read as a character of that number. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in XML
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/_x(?=[0-9a-fA-F]{4}_)/g, '_x005F_x')
    .replace(/[&<>"]/g, (character) => escapes[character] ?? '')
