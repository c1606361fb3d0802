/** What configuring a plant refuses. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados. Nada cambió.', en: 'Check the fields named. Nothing changed.' },
  },
  settings_edited_meanwhile: {
    status: 409,
    title: { es: 'Otra persona cambió los ajustes', en: 'Somebody else changed the settings' },
    detail: {
      es: '{by} los cambió a las {at}, después de que usted abriera la página. Nada suyo se guardó: revise y guarde otra vez.',
      en: '{by} changed them at {at}, after you opened the page. Nothing of yours was saved: look again and save again.',
    },
  },
})
