/** What the API of stops takes and gives. */
import { type Static, Type } from 'typebox'

const integer = Type.Integer()
const text = Type.String()
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const lineId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const eventId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const epochS = Type.Integer({ minimum: 0, maximum: 4_102_444_800, description: 'Seconds since 1970 UTC' })
const wallTime = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2})?)?$',
  description:
    'Wall time of the plant, as `2026-10-19T08:30:00`. In the hour that autumn repeats it is the first one: name that one by its epoch.',
})
const version = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'What the edit saw; another one now is refused (409 `edited_meanwhile`). Absent: whatever the stop is now.',
})
const reasonFields = {
  reason_code: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }))),
  reason: Type.Optional(nullable(Type.String({ maxLength: 2_000, description: '1–500 characters' }))),
}

export const StopParams = Type.Object({ line_id: lineId, event_id: eventId })

export const StoredStopSchema = Type.Object({
  line_id: integer,
  event_id: integer,
  stored_in: Type.Union([Type.Literal('plant'), Type.Literal('platform')]),
  start_time: text,
  end_time: text,
  start_epoch: integer,
  end_epoch: integer,
  duration: integer,
  duration_formatted: text,
  reason_code: nullable(integer),
  reason: nullable(text),
  is_manual: Type.Boolean(),
  version: text,
  edited_by: nullable(text),
  edited_at: nullable(text),
})

export const CreateBody = Type.Object({
  line_id: lineId,
  start_time: Type.Optional(wallTime),
  end_time: Type.Optional(wallTime),
  start_epoch: Type.Optional(epochS),
  end_epoch: Type.Optional(epochS),
  ...reasonFields,
  force: Type.Optional(Type.Boolean({ description: 'Also above stored stops; supervisors only.' })),
})

export const ChangeBody = Type.Object({
  start_time: Type.Optional(wallTime),
  end_time: Type.Optional(wallTime),
  start_epoch: Type.Optional(epochS),
  end_epoch: Type.Optional(epochS),
  ...reasonFields,
  version: Type.Optional(version),
  force: Type.Optional(Type.Boolean()),
})

export const VersionQuery = Type.Object({ version: Type.Optional(version) })

const RefSchema = Type.Object({
  line_id: lineId,
  event_id: Type.Optional(eventId),
  at_epoch: Type.Optional(epochS),
  version: Type.Optional(version),
})
export type ApiRef = Static<typeof RefSchema>

const mostAtOnce = 200
export const JustifyBody = Type.Object({ stops: Type.Array(RefSchema, { minItems: 1, maxItems: mostAtOnce }), ...reasonFields })
export const JustifyReply = Type.Object({
  saved: integer,
  refused: integer,
  /** In the order asked. */
  results: Type.Array(
    Type.Object({
      ok: Type.Boolean(),
      /** The stop goes on: the reason is put on it when it is stored. */
      pending: Type.Boolean(),
      stop: nullable(StoredStopSchema),
      problem: nullable(
        Type.Object({
          code: text,
          status: integer,
          title: text,
          detail: text,
          current: nullable(StoredStopSchema),
          edited_by: nullable(text),
          edited_at: nullable(text),
        }),
      ),
    }),
  ),
})

export const SplitBody = Type.Object({ at_time: Type.Optional(wallTime), at_epoch: Type.Optional(epochS), version: Type.Optional(version) })
export const SplitReply = Type.Object({ stops: Type.Array(StoredStopSchema) })
export const MergeBody = Type.Object({ stops: Type.Array(RefSchema, { minItems: 1, maxItems: 50 }), ...reasonFields })

export const CalculateBody = Type.Object({
  line_id: Type.Optional(lineId),
  line_ids: Type.Optional(Type.Array(lineId, { minItems: 1, maxItems: 200 })),
  start_date: wallTime,
  end_date: wallTime,
  threshold_seconds: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 86_400 }))),
  dry_run: Type.Optional(Type.Boolean()),
})
export const CalculateReply = Type.Object({
  message: text,
  dry_run: Type.Boolean(),
  inserted: integer,
  updated: integer,
  deleted: integer,
  kept: integer,
  downtimes: Type.Array(
    Type.Object({
      action: Type.Union([Type.Literal('insert'), Type.Literal('update'), Type.Literal('delete')]),
      line_id: integer,
      event_id: nullable(integer),
      start_time: text,
      end_time: text,
      start_epoch: integer,
      end_epoch: integer,
      duration: integer,
      duration_formatted: text,
      was_start_time: nullable(text),
      was_end_time: nullable(text),
    }),
  ),
})

export const ReasonsQuery = Type.Object({ line_id: Type.Optional(lineId) })
export const ReasonsReply = Type.Object({
  target: Type.Union([Type.Literal('incident'), Type.Literal('failure')]),
  failures: Type.Array(
    Type.Object({
      failure_id: integer,
      code: nullable(integer),
      name: text,
      description: text,
      incidents: Type.Array(Type.Object({ code: integer, incident_code: text, description: text })),
    }),
  ),
  recent: Type.Array(Type.Object({ code: integer, label: text })),
})

export const JobReply = Type.Object({
  enabled: Type.Boolean(),
  lines: Type.Array(
    Type.Object({
      line_id: integer,
      line_name: text,
      stored_in: nullable(text),
      last_run_at: nullable(text),
      outcome: nullable(text),
      stored: integer,
      scanned_until: nullable(text),
    }),
  ),
})
