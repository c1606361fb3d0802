/** What attaching a plant by oneself refuses; what the tries themselves refuse is `tenants/problems.ts`. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  plant_host_unknown: {
    status: 422,
    title: { es: 'Servidor desconocido', en: 'Unknown server' },
    detail: {
      es: 'Nadie conoce el servidor {host}. Revise cómo está escrito, o use su dirección IP.',
      en: 'Nobody knows the server {host}. Check its spelling, or use its IP address.',
    },
  },
  plant_host_closed: {
    status: 422,
    title: { es: 'Red no habilitada', en: 'Network not open' },
    detail: {
      es: '{host} está en una red privada que esta instalación no abre a las empresas. Pida a quien opera Andon que la agregue en PLANT_NETWORKS, o que conecte la planta por usted.',
      en: '{host} is in a private network that this installation does not open to companies. Ask whoever operates Andon to add it to PLANT_NETWORKS, or to attach the plant for you.',
    },
  },
  attach_not_begun: {
    status: 409,
    title: { es: 'Nada que conectar', en: 'Nothing to attach' },
    detail: {
      es: 'La conexión que se preparaba ya no está: la terminó otra persona, o pasó una semana. Comience de nuevo.',
      en: 'The connection being prepared is gone: somebody else finished it, or a week went by. Begin again.',
    },
  },
})
