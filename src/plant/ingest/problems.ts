import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  batch_size_invalid: {
    status: 422,
    title: { es: 'Tamaño de lote no válido', en: 'Invalid size of batch' },
    detail: { es: 'Un lote lleva de 1 a {maximum} filas.', en: 'A batch has 1 to {maximum} rows.' },
  },
  ingest_busy: {
    status: 503,
    title: { es: 'Hay demasiado por escribir', en: 'Too much is waiting to be written' },
    detail: {
      es: 'La base de la planta no alcanza a escribir lo que llega. No se escribió nada de este lote; reenvíelo en {seconds} s.',
      en: 'The plant database cannot keep up with what arrives. Nothing of this batch was written; send it again in {seconds} s.',
    },
  },
  ingest_held_up: {
    status: 503,
    title: { es: 'La base de la planta tarda en escribir', en: 'The plant database is slow to write' },
    detail: {
      es: 'Otro trabajo ocupa la tabla de la línea, o la base está cargada. Reenvíe el lote en {seconds} s; con Idempotency-Key no se duplica.',
      en: 'Other work holds the table of the line, or the database is loaded. Send the batch again in {seconds} s; under an Idempotency-Key it is not doubled.',
    },
  },
  ingest_not_writable: {
    status: 409,
    title: { es: 'La planta no acepta detecciones', en: 'The plant takes no detections' },
    detail: {
      es: 'La cuenta con la que Andon entra a la base de la planta no puede escribir en las tablas de detecciones. Dé INSERT en ellas a esa cuenta.',
      en: 'The account that Andon uses on the plant database may not write to the detection tables. Grant it INSERT on them.',
    },
  },
  idempotency_key_invalid: {
    status: 422,
    title: { es: 'Idempotency-Key no válida', en: 'Invalid Idempotency-Key' },
    detail: { es: 'De 1 a 128 caracteres ASCII visibles.', en: '1 to 128 visible ASCII characters.' },
  },
  idempotency_key_reused: {
    status: 422,
    title: { es: 'La clave del lote ya se usó', en: 'The key of the batch was used already' },
    detail: {
      es: 'Con esa clave se escribió un lote con otras filas. Cada lote lleva la suya.',
      en: 'A batch with other rows was written under that key. Each batch has its own.',
    },
  },
  request_running: {
    status: 409,
    title: { es: 'El mismo lote se está escribiendo', en: 'The same batch is being written' },
    detail: { es: 'Vuelva a enviarlo en un momento.', en: 'Send it again in a moment.' },
  },
})
