/** Parts of the schemas of answers. */
import Type, { type TSchema } from 'typebox'

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
