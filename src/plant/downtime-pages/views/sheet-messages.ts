/** Words of the sheet in which a stop is explained and changed. */
import { defineMessages, type Language, translator } from '../../../platform/i18n/index.ts'

const messages = defineMessages({
  back: { es: 'Volver a las paradas', en: 'Back to the stops' },
  close: { es: 'Cerrar', en: 'Close' },
  'stop.title': { es: 'Parada de {line}', en: 'Stop of {line}' },
  'stop.now': { es: 'Ahora dice', en: 'It says now' },
  'stop.edited': { es: '{by}, {at}', en: '{by}, {at}' },
  'stop.cut': {
    es: 'Se muestra la parte dentro del período; completa: {start} – {end}',
    en: 'Shown is the part inside the period; whole: {start} – {end}',
  },
  'stop.live': { es: 'Sigue en curso: el motivo se guarda cuando termine.', en: 'It still goes on: the reason is kept when it ends.' },
  'stop.pending': { es: '{by} ya indicó: {reason}', en: '{by} already said: {reason}' },
  'stop.view_only': { es: 'Su rol puede ver las paradas, no cambiarlas.', en: 'Your role may see stops, not change them.' },
  'walk.left': { es: 'Quedan {count} sin motivo', en: '{count} without reason left' },
  'walk.left.one': { es: 'Es la última sin motivo', en: 'This is the last without reason' },
  'walk.skip': { es: 'Saltar', en: 'Skip' },
  'walk.done': { es: 'No quedan paradas sin motivo en este período', en: 'No stop without reason is left in this period' },

  'reason.legend': { es: 'Motivo', en: 'Reason' },
  'reason.recent': { es: 'Recientes', en: 'Recent' },
  'reason.all': { es: 'Todos los motivos', en: 'All reasons' },
  'reason.text': { es: 'Detalle', en: 'Details' },
  'reason.text.hint': {
    es: 'Opcional con un motivo elegido; hasta 500 caracteres',
    en: 'Optional with a reason chosen; at most 500 characters',
  },
  'reason.save': { es: 'Guardar detalle', en: 'Save details' },
  'reason.keep': { es: 'Guardar «{reason}» igualmente', en: 'Save “{reason}” all the same' },
  'reason.none': { es: 'La empresa no tiene motivos cargados: escriba el suyo.', en: 'The company has no reasons yet: write yours.' },
  'reason.itself': { es: '{failure}, sin más', en: '{failure}, nothing more' },
  'reason.choose': { es: 'Sin código', en: 'No code' },

  'times.title': { es: 'Cambiar horario', en: 'Change times' },
  'times.start': { es: 'Inicio', en: 'Start' },
  'times.end': { es: 'Fin', en: 'End' },
  'times.save': { es: 'Guardar horario', en: 'Save times' },
  'times.force': { es: 'Guardar aunque se superponga', en: 'Save although it overlaps' },
  'times.invalid': { es: 'Escriba fecha y hora', en: 'Write date and time' },
  'split.title': { es: 'Dividir', en: 'Split' },
  'split.at': { es: 'Dividir a las', en: 'Split at' },
  'split.save': { es: 'Dividir parada', en: 'Split the stop' },
  'delete.title': { es: 'Eliminar', en: 'Delete' },
  'delete.manual': { es: 'La parada se elimina con su motivo.', en: 'The stop is deleted with its reason.' },
  'delete.automatic': {
    es: 'La parada se elimina y este silencio deja de contar como parada, también al recalcular.',
    en: 'The stop is deleted and this silence no longer counts as a stop, not even when calculated anew.',
  },
  'delete.save': { es: 'Sí, eliminar la parada', en: 'Yes, delete the stop' },
  'undo.save': { es: 'Deshacer', en: 'Undo' },

  'new.title': { es: 'Agregar parada', en: 'Add a stop' },
  'new.line': { es: 'Línea', en: 'Line' },
  'new.reason': { es: 'Motivo', en: 'Reason' },
  'new.save': { es: 'Agregar parada', en: 'Add the stop' },
  'new.hint': { es: 'Hora de la planta ({zone})', en: 'Plant time ({zone})' },
  'bulk.title': { es: 'Explicar {count} paradas', en: 'Explain {count} stops' },
  'bulk.title.one': { es: 'Explicar 1 parada', en: 'Explain 1 stop' },
  'bulk.none': { es: 'Elija al menos una parada de la lista.', en: 'Choose at least one stop of the list.' },
  'bulk.failed': { es: '{done} guardadas. Estas no:', en: '{done} saved. These were not:' },
  'bulk.list': { es: 'Paradas elegidas', en: 'Chosen stops' },
  'merge.title': { es: 'Unir {count} paradas', en: 'Merge {count} stops' },
  'merge.detail': {
    es: 'Quedará una sola parada, del primer inicio al último fin. Si sus motivos difieren, elija cuál queda.',
    en: 'One stop will be left, from the first start to the last end. If their reasons differ, choose the one that stays.',
  },
  'merge.keep': { es: 'El que ya tienen', en: 'The one they have' },
  'merge.save': { es: 'Unir paradas', en: 'Merge the stops' },
  'merge.few': { es: 'Elija al menos dos paradas de la lista.', en: 'Choose at least two stops of the list.' },

  'done.reason': { es: 'Motivo guardado', en: 'Reason saved' },
  'done.pending': { es: 'Motivo anotado: se guarda cuando termine la parada', en: 'Reason noted: it is kept when the stop ends' },
  'done.times': { es: 'Horario guardado', en: 'Times saved' },
  'done.split': { es: 'Parada dividida', en: 'Stop split' },
  'done.merge': { es: 'Paradas unidas', en: 'Stops merged' },
  'done.created': { es: 'Parada agregada', en: 'Stop added' },
  'done.deleted': { es: 'Parada eliminada', en: 'Stop deleted' },
  'done.restored': { es: 'Parada recuperada', en: 'Stop restored' },
  'done.bulk': { es: '{count} paradas explicadas', en: '{count} stops explained' },
})

export const sheetWords = (language: Language) => translator(messages, language)
export const doneKinds = ['reason', 'pending', 'times', 'split', 'merge', 'created', 'deleted', 'restored'] as const
export type DoneKind = (typeof doneKinds)[number]
