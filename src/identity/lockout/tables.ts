/** Failed sign-ins of an account, from one address group or ('') from anywhere. */
export type LoginFailureRow = {
  /** `user:12`, or `name:` and a hash of what was typed when there is no such account. */
  account_key: string
  ip_group: string
  /** JSON list of epoch milliseconds, oldest first; tries whose outcome is not known yet among them. */
  hits: string
  blocked_until: number | null
  updated_at: number
}

export interface LockoutTables {
  login_failures: LoginFailureRow
}
