/** The plant tables as cameras and customers know them (spec plant 2.3): what verification expects and what we create for our own plants. */
export type ColumnKind =
  | 'serial'
  | 'bigserial'
  | 'int'
  | 'bigint'
  | 'flag'
  | 'decimal'
  | 'text'
  | 'json'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | `varchar(${number})`

export type Column = {
  readonly name: string
  readonly kind: ColumnKind
  readonly nullable?: true
  readonly default?: number | 'now'
  readonly references?: string
  /** `hard`: without it the plant cannot be shown; `optional`: not even worth a warning; else a warning. */
  readonly need?: 'hard' | 'optional'
}

export type Table = {
  readonly name: string
  readonly columns: readonly Column[]
  readonly unique?: readonly string[]
  readonly indexes?: readonly (readonly string[])[]
  /** The plant cannot be shown without this table. */
  readonly isHard?: true
}

const hard = { need: 'hard' } as const
const optional = { need: 'optional' } as const
const createdAt: Column = { name: 'created_at', kind: 'timestamp', default: 'now', ...optional }
const updatedAt: Column = { name: 'updated_at', kind: 'timestamp', default: 'now', ...optional }

/** Tables with a fixed name. `camara_id` is written so in the field. */
export const fixedTables: readonly Table[] = [
  {
    name: 'production_line',
    isHard: true,
    unique: ['line_code'],
    columns: [
      { name: 'line_id', kind: 'serial', ...hard },
      { name: 'line_name', kind: 'varchar(100)', ...hard },
      { name: 'line_code', kind: 'varchar(50)' },
      { name: 'is_active', kind: 'flag', default: 1, ...hard },
      { name: 'availability', kind: 'int', default: 0, ...optional },
      { name: 'performance', kind: 'int', default: 0 },
      { name: 'downtime_threshold', kind: 'int' },
      createdAt,
      { name: 'auto_detect_downtime', kind: 'flag', default: 1, ...optional },
    ],
  },
  {
    name: 'area',
    isHard: true,
    indexes: [['line_id']],
    columns: [
      { name: 'area_id', kind: 'serial', ...hard },
      { name: 'line_id', kind: 'int', references: 'production_line', ...hard },
      { name: 'area_name', kind: 'varchar(50)', ...hard },
      { name: 'area_type', kind: 'varchar(20)', ...hard },
      { name: 'area_order', kind: 'int' },
      ...['coord_x1', 'coord_y1', 'coord_x2', 'coord_y2'].map((name): Column => ({ name, kind: 'int', ...optional })),
      createdAt,
    ],
  },
  {
    name: 'product',
    isHard: true,
    columns: [
      { name: 'product_id', kind: 'serial', ...hard },
      { name: 'product_name', kind: 'varchar(100)', ...hard },
      { name: 'product_code', kind: 'varchar(50)', ...hard },
      { name: 'product_weight', kind: 'decimal' },
      { name: 'product_color', kind: 'varchar(10)' },
      { name: 'production_std', kind: 'int' },
      { name: 'product_per_batch', kind: 'int', ...optional },
    ],
  },
  {
    name: 'shift',
    isHard: true,
    columns: [
      { name: 'shift_id', kind: 'serial', ...hard },
      { name: 'shift_name', kind: 'varchar(50)', ...hard },
      { name: 'description', kind: 'varchar(255)', ...optional },
      { name: 'shift_status', kind: 'flag', default: 1 },
      { name: 'days_implemented', kind: 'json' },
      { name: 'start_time', kind: 'time', ...hard },
      { name: 'end_time', kind: 'time', ...hard },
      { name: 'is_overnight', kind: 'flag', default: 0 },
      createdAt,
      updatedAt,
    ],
  },
  {
    name: 'filter',
    isHard: true,
    columns: [
      { name: 'filter_id', kind: 'serial', ...hard },
      { name: 'filter_name', kind: 'varchar(50)', ...hard },
      { name: 'description', kind: 'varchar(255)', ...optional },
      { name: 'filter_status', kind: 'flag', default: 1, ...hard },
      { name: 'display_order', kind: 'int' },
      { name: 'additional_filter', kind: 'json', nullable: true },
      createdAt,
      updatedAt,
    ],
  },
  {
    name: 'failure',
    columns: [
      { name: 'failure_id', kind: 'serial' },
      { name: 'type_failure', kind: 'varchar(100)' },
      { name: 'description', kind: 'varchar(100)' },
    ],
  },
  {
    name: 'incident',
    indexes: [['failure_id']],
    columns: [
      { name: 'incident_id', kind: 'serial' },
      { name: 'failure_id', kind: 'int', references: 'failure' },
      { name: 'incident_code', kind: 'varchar(10)' },
      { name: 'description', kind: 'varchar(255)' },
      { name: 'has_solution', kind: 'flag', ...optional },
      { name: 'solution', kind: 'int', nullable: true, ...optional },
    ],
  },
  {
    name: 'camera_area',
    indexes: [['area_id']],
    columns: [
      { name: 'camera_area_id', kind: 'serial' },
      { name: 'camara_id', kind: 'int' },
      { name: 'area_id', kind: 'int', references: 'area' },
      { name: 'status', kind: 'flag' },
      createdAt,
      updatedAt,
    ],
  },
  {
    name: 'camera_control_event',
    columns: [
      { name: 'event_id', kind: 'bigserial' },
      { name: 'camera_id', kind: 'int' },
      { name: 'reason', kind: 'varchar(255)' },
      { name: 'action', kind: 'varchar(255)' },
      { name: 'gpu_usage_percent', kind: 'decimal' },
      // epoch seconds, not a timestamp
      { name: 'created_at', kind: 'int' },
    ],
  },
  {
    name: 'system_config',
    columns: [
      { name: 'config_id', kind: 'serial' },
      { name: 'key', kind: 'varchar(100)' },
      { name: 'value', kind: 'json' },
    ],
  },
  {
    name: 'system_monitor',
    columns: [
      { name: 'system_monitor_id', kind: 'serial' },
      { name: 'created_at', kind: 'timestamp', default: 'now' },
      { name: 'cpu_usage', kind: 'decimal' },
      { name: 'cpu_freq', kind: 'int' },
      { name: 'ram_usage', kind: 'decimal' },
      { name: 'ram_used_bytes', kind: 'bigint' },
      { name: 'cpu_temp', kind: 'bigint' },
      { name: 'cpu_temp_sensor', kind: 'decimal' },
      { name: 'gpu_name', kind: 'varchar(100)' },
      { name: 'gpu_temp', kind: 'decimal' },
      { name: 'gpu_usage', kind: 'decimal' },
      { name: 'gpu_mem_used_bytes', kind: 'bigint' },
      { name: 'gpu_mem_total_bytes', kind: 'bigint' },
    ],
  },
]

/** Rows of one line. In the field the key is (detection_id, detected_at), because of the partitions. */
export const detectionTable = (name: string): Table => ({
  name,
  columns: [
    { name: 'detection_id', kind: 'serial' },
    { name: 'detected_at', kind: 'datetime' },
    { name: 'area_id', kind: 'int' },
    { name: 'product_id', kind: 'int' },
  ],
  // (detected_at) and (area_id) alone would be their beginnings again: a third more disk, and slower writes
  indexes: [['product_id'], ['detected_at', 'area_id', 'product_id'], ['area_id', 'detected_at', 'product_id']],
})

export const downtimeTable = (name: string): Table => ({
  name,
  columns: [
    { name: 'event_id', kind: 'bigserial' },
    { name: 'last_detection_id', kind: 'bigint' },
    { name: 'start_time', kind: 'datetime' },
    { name: 'end_time', kind: 'datetime' },
    { name: 'duration', kind: 'int' },
    { name: 'reason_code', kind: 'int', nullable: true },
    { name: 'reason', kind: 'text', nullable: true },
    { name: 'is_manual', kind: 'flag', default: 0 },
    { name: 'created_at', kind: 'datetime', nullable: true, default: 'now' },
  ],
  indexes: [['last_detection_id'], ['start_time', 'end_time'], ['duration'], ['reason_code']],
})
