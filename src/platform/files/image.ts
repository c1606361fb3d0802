/** Pictures that people send, made anew: what is kept is pixels only, at a bounded size. sharp is loaded at first use. */
import { problemFactory } from '../http/index.ts'
import type { FileContent } from './files.ts'

const problem = problemFactory({
  image_unreadable: {
    status: 422,
    title: { es: 'Imagen ilegible', en: 'Unreadable image' },
    detail: {
      es: 'La imagen está dañada o tiene más de {megapixels} megapíxeles.',
      en: 'The image is damaged or has more than {megapixels} megapixels.',
    },
  },
})

/** A picture of 1 MB can unfold to gigabytes: 24 megapixels are 96 MB at most. */
const maxPixels = 24_000_000
const limitS = 15
/** One at a time: the memory of one is what a small host has to spare. */
let last: Promise<unknown> = Promise.resolve()

/** `png` keeps transparency and goes into PDF; `webp` is small. No metadata survives (camera, place, thumbnails), nor animation.
 *  Throws 422 `image_unreadable`. */
export function reencodeImage(
  file: string,
  to: { readonly format: 'png' | 'webp'; readonly maxSidePx: number },
): Promise<FileContent & { readonly bytes: Buffer }> {
  const made = last.then(() => reencode(file, to))
  last = made.catch(() => {})
  return made
}

async function reencode(file: string, { format, maxSidePx }: { readonly format: 'png' | 'webp'; readonly maxSidePx: number }) {
  const sharp = await loadSharp()
  const box = { width: maxSidePx, height: maxSidePx, fit: 'inside', withoutEnlargement: true } as const
  try {
    const picture = sharp(file, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
      .timeout({ seconds: limitS })
      .autoOrient()
      .resize(box)
    const bytes = await (format === 'webp' ? picture.webp({ quality: 82 }) : picture.png({ compressionLevel: 9 })).toBuffer()
    return { bytes, mime: format === 'webp' ? ('image/webp' as const) : ('image/png' as const) }
  } catch (error) {
    throw problem('image_unreadable', { cause: error, parameters: { megapixels: maxPixels / 1_000_000 } })
  }
}

/** Of the many formats that the library reads, those three; no threads and no cache beyond the request. */
async function loadSharp() {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })
  return sharp
}
