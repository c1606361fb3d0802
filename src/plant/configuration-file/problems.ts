/** What a configuration file is refused for. Nothing is half-applied: a refused file changed nothing. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'El archivo tiene partes que no son válidas. Nada cambió.', en: 'Parts of the file are not valid. Nothing changed.' },
  },
  configuration_broken: {
    status: 422,
    title: { es: 'Archivo dañado', en: 'Broken file' },
    detail: { es: 'El archivo no es JSON ({reason}). Nada cambió.', en: 'The file is not JSON ({reason}). Nothing changed.' },
  },
  configuration_not_recognised: {
    status: 422,
    title: { es: 'No es una configuración', en: 'Not a configuration' },
    detail: {
      es: 'El archivo no es una configuración exportada por Andon. Nada cambió.',
      en: 'The file is no configuration that Andon exported. Nothing changed.',
    },
  },
  configuration_newer: {
    status: 422,
    title: { es: 'Archivo más nuevo', en: 'Newer file' },
    detail: {
      es: 'El archivo es de una versión más nueva ({version}; esta instalación conoce hasta la {known}). Actualice Andon. Nada cambió.',
      en: 'The file is of a newer version ({version}; this installation knows up to {known}). Update Andon. Nothing changed.',
    },
  },
  configuration_other_company: {
    status: 422,
    title: { es: 'De otra empresa', en: 'Of another company' },
    detail: {
      es: 'El archivo es de otra empresa ({name}): sus líneas y turnos son otros. Nada cambió.',
      en: 'The file is of another company ({name}): its lines and shifts are others. Nothing changed.',
    },
  },
  configuration_unknown_widgets: {
    status: 422,
    title: { es: 'Widgets desconocidos', en: 'Unknown widgets' },
    detail: {
      es: 'Los diseños nombran widgets que esta instalación no tiene: {names}. Nada cambió.',
      en: 'The layouts name widgets that this installation lacks: {names}. Nothing changed.',
    },
  },
  configuration_layouts_not_allowed: {
    status: 403,
    title: { es: 'Sin permiso para los tableros', en: 'Dashboards not allowed' },
    detail: {
      es: 'El archivo cambia tableros y usted no puede editarlos. Quite esos cambios o pida ese permiso. Nada cambió.',
      en: 'The file changes dashboards and you may not edit them. Take those changes out or ask for that permission. Nothing changed.',
    },
  },
  configuration_changed_meanwhile: {
    status: 409,
    title: { es: 'La configuración cambió', en: 'The configuration changed' },
    detail: {
      es: 'La configuración cambió después de que se mostraran las diferencias. Nada se aplicó: mírelas de nuevo.',
      en: 'The configuration changed after the differences were shown. Nothing was applied: look at them again.',
    },
  },
  configuration_nothing_pending: {
    status: 409,
    title: { es: 'Nada que aplicar', en: 'Nothing to apply' },
    detail: { es: 'Ya no hay un archivo por aplicar. Elija uno.', en: 'There is no file to apply any more. Choose one.' },
  },
  configuration_edited_since: {
    status: 409,
    title: { es: 'Cambios posteriores', en: 'Later changes' },
    detail: {
      es: 'Alguien cambió la configuración después de importar, y deshacer borraría esos cambios. Nada se aplicó: impórtela con el archivo anterior, viendo las diferencias.',
      en: 'Somebody changed the configuration after the import, and undoing would take those changes with it. Nothing was applied: import the former file, looking at the differences.',
    },
  },
  configuration_nothing_to_undo: {
    status: 409,
    title: { es: 'Nada que deshacer', en: 'Nothing to undo' },
    detail: {
      es: 'No hay una importación de los últimos 30 días que deshacer.',
      en: 'There is no import of the last 30 days to undo.',
    },
  },
})
