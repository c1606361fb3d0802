/** Who can sign in to the demo. Public knowledge: demo mode only listens on this machine and never runs in production. */
export type DemoPerson = {
  readonly username: string
  readonly password: string
  readonly email: string
  readonly fullName: string
  readonly role: 'OWNER' | 'VIEWER'
}

/** The first one founds the company. */
export type DemoPeople = readonly [DemoPerson, ...DemoPerson[]]

/** By the key of the plan. */
export const demoPeople: Readonly<Record<string, DemoPeople>> = {
  'planta-demo': [
    { username: 'admin', password: 'Admin123!', email: 'admin@demo.example', fullName: 'Ana Ferreyra', role: 'OWNER' },
    { username: 'viewer', password: 'Viewer123!', email: 'viewer@demo.example', fullName: 'Víctor Sosa', role: 'VIEWER' },
  ],
  'planta-sur': [{ username: 'sur', password: 'Sur12345!', email: 'sur@demo.example', fullName: 'Luz Marina Rojas', role: 'OWNER' }],
}
