/** Where the bytes are: a folder, or a bucket. Keys are ours: letters, digits, `-` and `/`. */
import type { Readable } from 'node:stream'

/** In memory, or a file of this machine that the caller removes. */
export type FileSource = { readonly bytes: Buffer } | { readonly path: string; readonly sizeBytes: number }

export type FileStore = {
  readonly put: (key: string, source: FileSource, mime: string) => Promise<void>
  /** Throws `FileMissingError`. */
  readonly open: (key: string) => Promise<Readable>
  /** Nothing happens when it is not there. */
  readonly remove: (key: string) => Promise<void>
  /** An address that browsers reach by themselves, good until then; null: only through us. */
  readonly directUrl: (
    key: string,
    link: { readonly lifeS: number; readonly mime: string; readonly disposition: string },
  ) => Promise<string | null>
}

export class FileMissingError extends Error {
  constructor(options?: ErrorOptions) {
    super('A stored file is not there', options)
    this.name = 'FileMissingError'
  }
}

export type FileSettings = {
  readonly driver: 'disk' | 's3'
  readonly s3: {
    /** '' = Amazon's own of the region. */
    readonly endpoint: string
    /** Address of the same store for browsers; '' = downloads go through us. */
    readonly publicEndpoint: string
    readonly region: string
    readonly bucket: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
    /** `endpoint/bucket/key` instead of `bucket.endpoint/key`, as MinIO wants it. */
    readonly isPathStyle: boolean
  }
}
