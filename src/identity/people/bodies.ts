/** What the paths of people accept and answer. */
import { Type } from 'typebox'
import { ProfileFields } from '../users/index.ts'
import { PersonObject } from './person-object.ts'

const words = Type.Array(Type.String({ maxLength: 50 }), { maxItems: 100 })

const rights = {
  role: Type.Optional(Type.String({ maxLength: 50 })),
  permissions: Type.Optional(words),
  modules: Type.Optional(Type.Union([words, Type.Null()])),
}

/** Absent = unchanged. */
export const PersonBody = Type.Object({ ...ProfileFields, ...rights, email: Type.Optional(Type.String()) }, { default: {} })

export const NewPersonBody = Type.Object({
  ...ProfileFields,
  ...rights,
  username: Type.Optional(Type.String()),
  email: Type.String(),
  password: Type.String(),
  tenant_id: Type.Optional(Type.Integer()),
})

export const MeBody = Type.Object(
  {
    ...ProfileFields,
    email: Type.Optional(Type.String()),
    current_password: Type.Optional(Type.String({ description: 'With a new e-mail' })),
  },
  { default: {} },
)

export const ApproveBody = Type.Object(
  {
    role: Type.Optional(Type.String({ maxLength: 50 })),
    category: Type.Optional(Type.Union([Type.String({ maxLength: 50 }), Type.Null()])),
  },
  { default: {} },
)

export const RejectBody = Type.Object(
  { reason: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Null()])) },
  { default: {} },
)

export const PersonParams = Type.Object({ ref: Type.String({ maxLength: 254 }) })
export const PersonAnswer = Type.Object({ user: PersonObject })
