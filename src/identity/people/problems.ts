/** What the administration of people refuses with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const forbidden = (es: string, en: string): ProblemSpec => ({
  status: 403,
  title: { es: 'No permitido', en: 'Not allowed' },
  detail: { es, en },
})

export const peopleProblems = {
  role_above_own: forbidden(
    'Nadie puede dar un rol por encima del propio, ni cambiar a quien lo tiene.',
    'Nobody gives a role above their own, or changes somebody who has one.',
  ),
  own_role: forbidden('Nadie cambia su propio rol ni sus permisos.', 'Nobody changes their own role or permissions.'),
  own_account: forbidden('Eso no se hace con la cuenta propia.', 'That is not done to the own account.'),
  permission_not_held: forbidden('Solo puede dar permisos que usted tiene.', 'You can only give permissions that you hold.'),
  other_home_tenant: forbidden(
    'La cuenta es de otra empresa: aquí solo puede suspender o quitar su acceso.',
    'The account belongs to another company: here you can only suspend or remove its access.',
  ),
  works_elsewhere: forbidden(
    'La persona trabaja también en otra empresa: solo ella misma cambia su correo.',
    'The person works for another company, too: only they change their address.',
  ),
  reauthentication_required: forbidden(
    'Ingrese de nuevo y repita la acción dentro de cinco minutos.',
    'Sign in again and repeat this within five minutes.',
  ),
  last_owner: {
    status: 409,
    title: { es: 'Última persona dueña', en: 'Last owner' },
    detail: { es: 'La empresa quedaría sin dueño.', en: 'The company would be left without an owner.' },
  },
  not_pending: {
    status: 409,
    title: { es: 'No está pendiente', en: 'Not pending' },
    detail: { es: 'La persona ya es miembro de la empresa.', en: 'The person is a member of the company already.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(peopleProblems)
