/** Scope: what a request asks for. May use: plant/model, platform. */
export { bucketAxis, bucketIndex, bucketStart, maxBuckets, wallWindow } from './buckets.ts'
export { describeFilters, type FilterDescription, type FilterOption, filterOptions, optionsOfRow } from './describe.ts'
export { type FilterClass, type FilterType, filterTypes } from './filter-types.ts'
export { axisOf, type CheckedFilters, checkFilters, parseScope, targetDayOf } from './parse.ts'
export { type FilterFinding, filterDiagnostics } from './rows.ts'
export { type CurveType, type Interval, intervals, type LocalS, type Now, type Scope } from './scope.ts'
export { breakSpans, plannedPieces, plannedWindows, shiftInstances } from './shifts.ts'
