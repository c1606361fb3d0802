/** Whether the parts of a place belong together. */
import type { Db } from '../../platform/db/database.ts'
import type { ProfileChange } from '../users/index.ts'

/** For a new person (null) or somebody who has a place already. */
export const completePlace = async (_db: Db, _userId: number | null, change: ProfileChange): Promise<ProfileChange> => change
