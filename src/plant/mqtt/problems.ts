/** What the MQTT settings refuse. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const mqttProblems = {
  invalid_mqtt: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  mqtt_edited_meanwhile: {
    status: 409,
    title: { es: 'Otra persona lo cambió', en: 'Somebody else changed it' },
    detail: {
      es: 'La conexión cambió después de abrir esta página. Nada se guardó: ábrala de nuevo.',
      en: 'The connection changed after this page was opened. Nothing was saved: open it again.',
    },
  },
  mqtt_not_configured: {
    status: 409,
    title: { es: 'Sin conexión', en: 'No connection' },
    detail: { es: 'Guarde primero la dirección del servidor MQTT.', en: 'Save the address of the MQTT broker first.' },
  },
  too_many_topics: {
    status: 422,
    title: { es: 'Demasiados temas', en: 'Too many topics' },
    detail: { es: 'A lo sumo {most} temas; use + o # para abarcar varios.', en: 'At most {most} topics; use + or # for several.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(mqttProblems)
