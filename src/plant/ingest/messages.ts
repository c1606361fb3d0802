import { defineMessages } from '../../platform/i18n/index.ts'

export const messages = defineMessages({
  subtitle: {
    es: 'Para cámaras y sistemas que no escriben en la base de la planta: envían sus detecciones a Andon, que las guarda por ellos.',
    en: 'For cameras and systems that do not write to the plant database: they send their detections to Andon, which stores them.',
  },
  keys: { es: 'Claves de API', en: 'API keys' },
  'lines.title': { es: 'Líneas', en: 'Lines' },
  'lines.hint': {
    es: 'Con estos números se nombran las líneas y las áreas en cada envío.',
    en: 'These numbers name the lines and areas in what is sent.',
  },
  line: { es: 'Línea', en: 'Line' },
  code: { es: 'Código', en: 'Code' },
  id: { es: 'Id', en: 'Id' },
  areas: { es: 'Áreas', en: 'Areas' },
  state: { es: 'Estado', en: 'State' },
  receives: { es: 'Recibe', en: 'Receives' },
  missing_table: { es: 'Sin tabla', en: 'No table' },
  no_write_right: { es: 'Sin permiso de escritura', en: 'No right to write' },
  'blocked.title': { es: 'Hay líneas que no reciben.', en: 'Some lines receive nothing.' },
  'blocked.table': {
    es: 'A las que no tienen tabla de detecciones hay que creársela (Sistema).',
    en: 'Those without a detection table need one made (System).',
  },
  'blocked.right': {
    es: 'La cuenta con la que Andon entra a la base de la planta necesita INSERT en las tablas de detecciones.',
    en: 'The account that Andon uses on the plant database needs INSERT on the detection tables.',
  },
  products: { es: 'Productos ({count})', en: 'Products ({count})' },
  'products.more': { es: 'y {count} más', en: 'and {count} more' },
  'send.title': { es: 'Cómo enviar', en: 'How to send' },
  'send.endpoint': { es: 'Dirección', en: 'Address' },
  'send.key': {
    es: 'Hace falta una clave de API con el permiso «Enviar detecciones».',
    en: 'It takes an API key with the permission “Send detections”.',
  },
  'send.makeKey': { es: 'Crear una clave', en: 'Make a key' },
  'send.example': { es: 'Ejemplo', en: 'Example' },
  'send.rows': {
    es: 'De 1 a {maximum} filas por envío, cada una es una pieza. La hora es la de la planta ({zone}), o lleva su diferencia (2026-11-21T18:05:00-03:00).',
    en: '1 to {maximum} rows at once, each is one piece. The time is the plant’s ({zone}), or has its offset (2026-11-21T18:05:00-03:00).',
  },
  'send.once': {
    es: 'Con Idempotency-Key un lote se escribe una sola vez, aunque se envíe de nuevo dentro de los 7 días: si no llega la respuesta, reenvíelo igual, con la misma clave. Cada lote lleva una clave propia en la empresa.',
    en: 'Under an Idempotency-Key a batch is written only once, even when it is sent again within 7 days: if no answer arrives, send it again as it was, with the same key. Each batch has a key of its own in the company.',
  },
  'send.refused': {
    es: 'La respuesta dice cuántas filas se guardaron y nombra cada una que no, con el motivo. Las demás se guardan igual.',
    en: 'The answer says how many rows were stored and names each one that was not, with the reason. The others are stored all the same.',
  },
  'safety.title': { es: 'Qué asegura una respuesta', en: 'What an answer assures' },
  'safety.synced': {
    es: 'Lo que se responde como guardado está en el disco de la base de la planta ({settings}).',
    en: 'What is answered as stored is on the disk of the plant database ({settings}).',
  },
  'safety.unsynced': {
    es: 'La base de la planta confirma antes de escribir en su disco ({settings}): un corte de luz allí puede perder lo último que se aceptó. Pida a quien la administra que lo cambie.',
    en: 'The plant database confirms before it writes to its disk ({settings}): a power cut there may lose what was accepted last. Ask its administrator to change that.',
  },
  'safety.ledger': {
    es: 'Los lotes ya escritos se anotan en la misma base, en la tabla {table}, junto con sus filas.',
    en: 'Batches that are written are noted in the same database, in the table {table}, together with their rows.',
  },
  'safety.beside': {
    es: 'Andon no puede crear tablas en esta base: anota los lotes de su lado, y después de un corte los busca entre las filas. Es exacto mientras ningún otro programa escriba al mismo tiempo filas idénticas en la misma tabla. Si quien administra la base crea esta tabla y le da a Andon SELECT, INSERT y DELETE en ella, no hay excepción:',
    en: 'Andon may not make tables in this database: it notes batches on its own side, and after a crash it looks for them among the rows. That is exact as long as no other program writes identical rows to the same table at the same time. If the administrator of the database makes this table and grants Andon SELECT, INSERT and DELETE on it, there is no exception:',
  },
  'recent.title': { es: 'Últimos envíos', en: 'Latest arrivals' },
  'recent.none': { es: 'Todavía no llegó nada', en: 'Nothing has arrived yet' },
  'recent.none.detail': {
    es: 'Aquí se verá cada envío, con lo que se rechazó y por qué.',
    en: 'Each arrival will be shown here, with what was refused and why.',
  },
  when: { es: 'Hora', en: 'Time' },
  from: { es: 'Desde', en: 'From' },
  batches: { es: 'Lotes', en: 'Batches' },
  accepted: { es: 'Guardadas', en: 'Stored' },
  refused: { es: 'Rechazadas', en: 'Refused' },
  lastFault: { es: 'Último rechazo', en: 'Last refusal' },
  repeated: { es: 'repetidos: {count}', en: 'repeated: {count}' },
  unavailable: {
    es: 'La base de la planta no responde: no se sabe qué líneas pueden recibir.',
    en: 'The plant database does not answer: nobody knows which lines can receive.',
  },
})
