export declare function memoryBytes(env: NodeJS.ProcessEnv): number
/** Null: Node's own limits hold. */
export declare function smallHostSettings(
  bytes: number,
  env: NodeJS.ProcessEnv,
): { readonly flags: readonly string[]; readonly env: { readonly MALLOC_ARENA_MAX: string } } | null
/** Null: the operator chose. */
export declare function loadingSettings(
  env: NodeJS.ProcessEnv,
): { readonly flags: readonly string[]; readonly env: { readonly MALLOC_ARENA_MAX: string } } | null
