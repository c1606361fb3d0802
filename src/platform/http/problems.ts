/** Refusals that belong to HTTP itself. */
import { type ProblemSpec, problemFactory } from './problem.ts'

export const httpProblems = {
  malformed_request: { status: 400, title: { es: 'Solicitud mal formada', en: 'Malformed request' } },
  malformed_json: {
    status: 400,
    title: { es: 'JSON mal formado', en: 'Malformed JSON' },
    detail: { es: 'El cuerpo de la solicitud no es JSON válido.', en: 'The request body is not valid JSON.' },
  },
  body_too_deep: {
    status: 400,
    title: { es: 'JSON demasiado anidado', en: 'JSON nested too deeply' },
    detail: { es: 'El cuerpo tiene más de {maximum} niveles.', en: 'The body has more than {maximum} levels.' },
  },
  not_found: {
    status: 404,
    title: { es: 'No encontrado', en: 'Not found' },
    detail: { es: 'Aquí no hay nada con esa dirección.', en: 'There is nothing at this address.' },
  },
  method_not_allowed: {
    status: 405,
    title: { es: 'Método no permitido', en: 'Method not allowed' },
    detail: { es: 'Esta dirección responde a: {allowed}.', en: 'This address answers to: {allowed}.' },
  },
  client_too_slow: { status: 408, title: { es: 'La solicitud no llegó a tiempo', en: 'The request did not come in time' } },
  body_too_large: {
    status: 413,
    title: { es: 'Cuerpo demasiado grande', en: 'Body too large' },
    detail: { es: 'El cuerpo no puede superar {maximum} MiB.', en: 'The body may not exceed {maximum} MiB.' },
  },
  length_required: {
    status: 411,
    title: { es: 'Falta el tamaño', en: 'Length required' },
    detail: { es: 'El formulario debe decir su tamaño (Content-Length).', en: 'The form must say its size (Content-Length).' },
  },
  upload_too_large: {
    status: 413,
    title: { es: 'Archivo demasiado grande', en: 'File too large' },
    detail: { es: 'El archivo no puede superar {maximumMb} MB.', en: 'The file may not exceed {maximumMb} MB.' },
  },
  uri_too_long: { status: 414, title: { es: 'Dirección demasiado larga', en: 'Address too long' } },
  unsupported_media_type: {
    status: 415,
    title: { es: 'Tipo de contenido no admitido', en: 'Unsupported content type' },
    detail: { es: 'Tipos admitidos: {accepted}.', en: 'Accepted types: {accepted}.' },
  },
  upgrade_required: {
    status: 426,
    title: { es: 'Solo WebSocket', en: 'WebSocket only' },
    detail: {
      es: 'Esta dirección solo responde a conexiones WebSocket (protocolo andon.v1).',
      en: 'This address only answers WebSocket connections (protocol andon.v1).',
    },
  },
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos señalados.', en: 'Check the fields listed.' },
  },
  rate_limited: {
    status: 429,
    title: { es: 'Demasiadas solicitudes', en: 'Too many requests' },
    detail: { es: 'Espere {retryAfterS} s y vuelva a intentar.', en: 'Wait {retryAfterS} s and try again.' },
  },
  headers_too_large: { status: 431, title: { es: 'Cabeceras demasiado grandes', en: 'Headers too large' } },
  internal_error: {
    status: 500,
    title: { es: 'Error interno', en: 'Internal error' },
    detail: {
      es: 'Algo falló de nuestro lado. Indique el número de solicitud al reportarlo.',
      en: 'Something failed on our side. Quote the request id when reporting it.',
    },
  },
  overloaded: {
    status: 503,
    title: { es: 'Servidor ocupado', en: 'Server busy' },
    detail: { es: 'El servidor está ocupado; vuelva a intentar en unos segundos.', en: 'The server is busy; try again in a few seconds.' },
  },
  database_unavailable: {
    status: 503,
    title: { es: 'Base de datos no disponible', en: 'Database unavailable' },
    detail: {
      es: 'El servidor no llega a su base de datos; vuelva a intentar en unos segundos.',
      en: 'The server cannot reach its database; try again in a few seconds.',
    },
  },
  storage_full: {
    status: 507,
    title: { es: 'Sin espacio en el disco', en: 'Disk full' },
    detail: {
      es: 'El servidor no puede guardar nada más: su disco está lleno. Lo guardado sigue ahí y se puede consultar; avise a quien administra el servidor.',
      en: 'The server can keep nothing more: its disk is full. What was kept is there and can be looked at; tell whoever runs the server.',
    },
  },
  sealed_with_another_key: {
    status: 503,
    title: { es: 'No se puede abrir lo cifrado', en: 'What was sealed cannot be opened' },
    detail: {
      es: 'Esto se guardó cifrado con otra clave del servidor (SECRET_KEY). Avise a quien administra el servidor: con la clave anterior todo vuelve a funcionar.',
      en: 'This was kept sealed with another key of the server (SECRET_KEY). Tell whoever runs the server: with the earlier key everything works again.',
    },
  },
  request_timeout: {
    status: 503,
    title: { es: 'La solicitud tardó demasiado', en: 'The request took too long' },
    detail: { es: 'No se completó en {limitS} s.', en: 'It did not finish within {limitS} s.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(httpProblems)
