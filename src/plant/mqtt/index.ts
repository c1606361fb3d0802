/** Detections that come over MQTT: the company's broker, its topics, and the one process that listens. May use: configuration, identity, ingest, net. */
export { registerMqttPages } from './pages.ts'
export { createSupervisor } from './supervisor.ts'
