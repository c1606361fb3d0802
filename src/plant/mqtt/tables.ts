import type { Generated } from 'kysely'

/** One per company. */
export type MqttConnectionRow = {
  id: Generated<number>
  tenant_id: number
  /** `mqtts://host:port`, without account. */
  url: string
  /** '' = the broker asks for none. */
  username: string
  /** Sealed; null = none. */
  sealed_password: string | null
  /** Never changes: under it the broker keeps what came while nobody listened. */
  client_id: string
  /** JSON list of `TopicRule`. */
  topics: string
  /** JSON list of topics that the broker's session has. */
  subscribed: string
  is_enabled: number
  /** Grows with each edit. */
  version: number
  /** How it stands, told by the process that listens. */
  state: string
  /** JSON of a text in each language; null = nothing to say. */
  state_detail: string | null
  state_at: number
  received: number
  accepted_rows: number
  refused: number
  lease_owner: string | null
  lease_until: number
  created_at: number
  updated_at: number
}

/** The last messages; refused ones are kept longer, with what they held. */
export type MqttMessageRow = {
  id: Generated<number>
  tenant_id: number
  received_at: number
  topic: string
  message_key: string
  payload: string
  outcome: string
  accepted: number
  /** JSON list of texts in each language. */
  detail: string
  created_at: number
}

export interface MqttTables {
  mqtt_connections: MqttConnectionRow
  mqtt_messages: MqttMessageRow
}
