import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  plant_unavailable: {
    status: 503,
    title: { es: 'La base de datos de la planta no responde', en: 'The plant database does not answer' },
    detail: {
      es: 'No se pudo leer la base de datos de la planta de esta empresa. El resto de la plataforma funciona; se volverá a intentar en {seconds} s.',
      en: 'The plant database of this company could not be read. The rest of the platform works; it will be tried again in {seconds} s.',
    },
  },
  plant_not_attached: {
    status: 404,
    title: { es: 'La empresa no tiene una base de datos de planta', en: 'The company has no plant database' },
    detail: {
      es: 'Quien administra la empresa puede conectarla en Planta → Conectar la planta.',
      en: 'Whoever administers the company can attach one in Plant → Attach the plant.',
    },
  },
})
