/** What a file is, by its first bytes (WHATWG MIME Sniffing §6, PDF 32000 §7.5.2). Names and headers of senders are not asked. Pure. */

export const fileTypes = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'application/octet-stream'] as const
export type FileType = (typeof fileTypes)[number]

export const sniffBytes = 16

const starts = (head: Uint8Array, bytes: readonly number[], at = 0): boolean => bytes.every((byte, index) => head[at + index] === byte)
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))

/** `application/octet-stream` for anything we have no use for. */
export function sniffType(head: Uint8Array): FileType {
  if (starts(head, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (starts(head, [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a])) return 'image/png'
  if (starts(head, ascii('RIFF')) && starts(head, ascii('WEBP'), 8)) return 'image/webp'
  if (starts(head, ascii('%PDF-'))) return 'application/pdf'
  return 'application/octet-stream'
}
