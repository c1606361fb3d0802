/** Scope: what a request asks for. May use: plant/model, platform. */
export { bucketIndex, bucketStart, nextBucketStart, wallWindow } from './buckets.ts'
export { describeFilters, type FilterDescription, type FilterOption, filterOptions, optionsOfRow } from './describe.ts'
export { type FilterClass, filterTypes } from './filter-types.ts'
export { axisOf, checkFilters, parseScope, targetDayOf } from './parse.ts'
export { classOf, type FilterFinding, filterDiagnostics } from './rows.ts'
export { type Interval, intervals, type LocalS, plainScope, type Scope, unfiltered } from './scope.ts'
export { breakSpans, plannedPieces, plannedWindows, shiftInstances, shiftsOfLine, shownRange, workedInstances } from './shifts.ts'
