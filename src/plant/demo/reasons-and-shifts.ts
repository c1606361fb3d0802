/** When the packing plant works, and why it stands. */
import type { IncidentPlan, ShiftPlan } from './plant-plan.ts'

const weekdays = [1, 2, 3, 4, 5]
const weekend = [6, 7]

export const shifts: readonly ShiftPlan[] = [
  { shiftId: 1, name: 'Mañana', description: 'Lunes a viernes, 06 a 14 h', isoWeekdays: weekdays, startHour: 6, endHour: 14 },
  { shiftId: 2, name: 'Tarde', description: 'Lunes a viernes, 14 a 22 h', isoWeekdays: weekdays, startHour: 14, endHour: 22 },
  { shiftId: 3, name: 'Noche', description: 'Lunes a viernes, 22 a 06 h', isoWeekdays: weekdays, startHour: 22, endHour: 6 },
  { shiftId: 4, name: 'Guardia de día', description: 'Sábado y domingo, 06 a 18 h', isoWeekdays: weekend, startHour: 6, endHour: 18 },
  { shiftId: 5, name: 'Guardia de noche', description: 'Sábado y domingo, 18 a 06 h', isoWeekdays: weekend, startHour: 18, endHour: 6 },
]

export const failures = [
  { failureId: 1, type: 'Planificada', description: 'Paradas previstas en el programa' },
  { failureId: 2, type: 'Mecánica', description: 'Cintas, rodillos, cuchillas y cosedoras' },
  { failureId: 3, type: 'Eléctrica y control', description: 'Motores, sensores y tableros' },
  { failureId: 4, type: 'Operativa', description: 'Cambios de producto, arranques y ajustes' },
  { failureId: 5, type: 'Materiales', description: 'Falta de producto, envases o pallets' },
  { failureId: 6, type: 'Calidad', description: 'Peso fuera de rango y controles' },
]

export const incidents: readonly IncidentPlan[] = [
  { incidentId: 1, failureId: 1, code: 'PLA-01', description: 'Refrigerio', hasSolution: false, kind: 'break', weight: 1 },
  { incidentId: 2, failureId: 1, code: 'PLA-02', description: 'Limpieza programada', hasSolution: false, kind: 'cleaning', weight: 1 },
  {
    incidentId: 3,
    failureId: 1,
    code: 'PLA-03',
    description: 'Mantenimiento preventivo',
    hasSolution: false,
    kind: 'maintenance',
    weight: 1,
  },
  { incidentId: 4, failureId: 4, code: 'OPE-01', description: 'Cambio de producto', hasSolution: false, kind: 'changeover', weight: 1 },
  { incidentId: 5, failureId: 4, code: 'OPE-02', description: 'Arranque de línea', hasSolution: false, kind: 'start_up', weight: 1 },
  { incidentId: 6, failureId: 4, code: 'OPE-03', description: 'Cambio de turno', hasSolution: false, kind: 'shift_change', weight: 1 },
  {
    incidentId: 7,
    failureId: 2,
    code: 'MEC-01',
    description: 'Atasco en cinta de salida',
    hasSolution: true,
    kind: 'short_stop',
    weight: 5,
  },
  { incidentId: 8, failureId: 4, code: 'OPE-04', description: 'Envase mal colocado', hasSolution: true, kind: 'short_stop', weight: 4 },
  {
    incidentId: 9,
    failureId: 5,
    code: 'MAT-01',
    description: 'Falta de producto en tolva',
    hasSolution: false,
    kind: 'short_stop',
    weight: 4,
  },
  { incidentId: 10, failureId: 5, code: 'MAT-02', description: 'Falta de envases', hasSolution: false, kind: 'short_stop', weight: 3 },
  {
    incidentId: 11,
    failureId: 3,
    code: 'ELE-01',
    description: 'Sensor sucio o desalineado',
    hasSolution: true,
    kind: 'short_stop',
    weight: 3,
  },
  {
    incidentId: 12,
    failureId: 6,
    code: 'CAL-01',
    description: 'Ajuste de balanza, peso fuera de rango',
    hasSolution: true,
    kind: 'short_stop',
    weight: 2,
  },
  {
    incidentId: 13,
    failureId: 2,
    code: 'MEC-02',
    description: 'Rotura de cinta transportadora',
    hasSolution: false,
    kind: 'breakdown',
    weight: 3,
  },
  { incidentId: 14, failureId: 2, code: 'MEC-03', description: 'Falla de la selladora', hasSolution: true, kind: 'breakdown', weight: 4 },
  {
    incidentId: 15,
    failureId: 3,
    code: 'ELE-02',
    description: 'Disparo térmico de motor',
    hasSolution: true,
    kind: 'breakdown',
    weight: 3,
  },
  {
    incidentId: 16,
    failureId: 3,
    code: 'ELE-03',
    description: 'Falla de comunicación del tablero',
    hasSolution: false,
    kind: 'breakdown',
    weight: 1,
  },
  {
    incidentId: 17,
    failureId: 2,
    code: 'MEC-04',
    description: 'Pérdida de aire comprimido',
    hasSolution: true,
    kind: 'breakdown',
    weight: 2,
  },
]
