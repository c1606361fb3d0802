import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** People, companies, and who belongs where: see identity/users and identity/tenants. */
export const migration: Migration = {
  name: '0100-users-and-companies',
  up: async ({ createTable }) => {
    await createTable(
      'tenants',
      {
        id: column.id(),
        uuid: column.text(36),
        name: column.text(100),
        /** NFKD makes letters of some signs several: wider than the name. */
        name_key: column.text(400),
        slug: column.text(100),
        is_active: column.boolean({ default: 1 }),
        associated_since: column.epochMs(),
        config: column.json(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['uuid'], ['name_key'], ['slug']] },
    )
    await createTable(
      'users',
      {
        id: column.id(),
        uuid: column.text(36),
        username: column.text(50),
        email: column.text(254),
        password_hash: column.text(255, optional),
        is_super_admin: column.boolean({ default: 0 }),
        is_active: column.boolean({ default: 1 }),
        approval_status: column.text(20),
        approved_at: column.epochMs(optional),
        email_verified_at: column.epochMs(optional),
        must_change_password: column.boolean({ default: 0 }),
        password_changed_at: column.epochMs(optional),
        token_version: column.integer({ default: 0 }),
        last_login_at: column.epochMs(optional),
        first_login: column.boolean({ default: 1 }),
        home_tenant_id: column.reference('tenants', optional),
        default_tenant_id: column.reference('tenants', { ...optional, onDelete: 'set null' }),
        full_name: column.text(200, optional),
        first_name: column.text(50, optional),
        last_name: column.text(50, optional),
        phone: column.text(20, optional),
        national_id: column.text(20, optional),
        birth_date: column.text(10, optional),
        gender: column.text(20, optional),
        country_code: column.text(2, optional),
        region_id: column.integer(optional),
        province_id: column.integer(optional),
        city_id: column.integer(optional),
        title: column.text(80, optional),
        category: column.text(20, optional),
        preferred_lang: column.text(2, optional),
        preferred_theme: column.text(10, optional),
        timezone: column.text(64, optional),
        xp_total: column.integer({ default: 0 }),
        current_level: column.integer({ default: 1 }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
        deleted_at: column.epochMs(optional),
      },
      { unique: [['uuid'], ['username'], ['email']] },
    )
    await createTable(
      'memberships',
      {
        id: column.id(),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        role: column.text(50),
        permissions: column.json(),
        modules: column.json(optional),
        status: column.text(20),
        joined_at: column.epochMs(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['user_id', 'tenant_id']], indexes: [['tenant_id', 'status']] },
    )
  },
  down: async ({ dropTable }) => {
    for (const table of ['memberships', 'users', 'tenants']) await dropTable(table)
  },
}
