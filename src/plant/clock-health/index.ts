/** Clock health: what rows tell about the cameras that wrote them, and when a line is said to have no data. May use: detections, history, model,
 *  scope. */
export { type ClockHealthData, ClockHealthSchema, clockHealthBody } from './body.ts'
export { isNoData, type LineClock } from './clock-health.ts'
export { noDataLimitS } from './no-data.ts'
export { readClocks } from './read.ts'
export { plantClocks, registerClockHealthRoutes } from './routes.ts'
export { clockHealthList } from './view.ts'
