/** Why there is no connection to where somebody else said, in words for a page. */
import type { Text } from '../i18n/i18n.ts'
import { TargetRefusedError } from './targets.ts'

export const netFaults = {
  unknown: { es: 'Nadie conoce ese servidor: revise el nombre', en: 'Nobody knows that server: check the name' },
  closed: {
    es: 'El servidor está en una red privada que el operador de Andon no abrió (SOURCE_NETWORKS)',
    en: 'The server is in a private network that the operator of Andon did not open (SOURCE_NETWORKS)',
  },
  plain: {
    es: 'Sin cifrar sólo en redes que abrió el operador (SOURCE_NETWORKS): use https o mqtts',
    en: 'Without encryption only in networks that the operator opened (SOURCE_NETWORKS): use https or mqtts',
  },
  certificate: {
    es: 'La conexión cifrada falló: revise el certificado del servidor',
    en: 'The encrypted connection failed: check the certificate of the server',
  },
  timeout: { es: 'No respondió a tiempo', en: 'It did not answer in time' },
  network: { es: 'No se pudo conectar, o la conexión se cortó', en: 'No connection, or it broke' },
} as const satisfies Record<string, Text>
export type NetFault = keyof typeof netFaults

/** Of what a name, a socket or TLS threw; `network` when it says nothing more. */
export function netFaultOf(error: unknown): NetFault {
  if (error instanceof TargetRefusedError) return error.kind
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/.test(code) ? 'certificate' : 'network'
}
