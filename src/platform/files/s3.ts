/** Files in a bucket of anything that speaks S3. The SDK is loaded at first use. */
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { FileMissingError, type FileSettings, type FileStore } from './store.ts'

export function s3Store(settings: FileSettings['s3']): FileStore {
  const { bucket, publicEndpoint } = settings
  const inside = lazyClient(settings, settings.endpoint)
  const outside = lazyClient(settings, publicEndpoint)
  return {
    async put(key, source, mime) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3')
      const isInMemory = 'bytes' in source
      const client = await inside()
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          ContentType: mime,
          ContentLength: isInMemory ? source.bytes.length : source.sizeBytes,
          Body: isInMemory ? source.bytes : createReadStream(source.path),
        }),
      )
    },
    async open(key) {
      const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3')
      const client = await inside()
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return Body as Readable
      } catch (error) {
        if (error instanceof NoSuchKey) throw new FileMissingError({ cause: error })
        throw error
      }
    },
    async remove(key) {
      const { DeleteObjectCommand } = await import('@aws-sdk/client-s3')
      const client = await inside()
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
    async directUrl(key, { lifeS, mime, disposition }) {
      if (publicEndpoint === '') return null
      const [{ GetObjectCommand }, { getSignedUrl }] = await Promise.all([
        import('@aws-sdk/client-s3'),
        import('@aws-sdk/s3-request-presigner'),
      ])
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentType: mime, ResponseContentDisposition: disposition })
      return getSignedUrl(await outside(), command, { expiresIn: lifeS })
    },
  }
}

function lazyClient({ region, accessKeyId, secretAccessKey, isPathStyle }: FileSettings['s3'], endpoint: string): () => Promise<S3Client> {
  let client: Promise<S3Client> | undefined
  return () => {
    client ??= import('@aws-sdk/client-s3').then(
      ({ S3Client }) =>
        new S3Client({
          region,
          ...(endpoint !== '' && { endpoint }),
          forcePathStyle: isPathStyle,
          credentials: { accessKeyId, secretAccessKey },
          // Stores other than Amazon's refuse the checksums that newer SDKs add unasked.
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
          maxAttempts: 3,
          requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
        }),
    )
    return client
  }
}
