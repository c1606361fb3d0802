/** Statements that make the read-only account, for whoever runs the customer's database. */
export const grantStatements = {
  mysql: `CREATE USER 'andon'@'%' IDENTIFIED BY '…';
GRANT SELECT ON \`planta\`.* TO 'andon'@'%';`,
  postgres: `CREATE ROLE andon LOGIN PASSWORD '…';
GRANT CONNECT ON DATABASE planta TO andon;
GRANT USAGE ON SCHEMA public TO andon;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO andon;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO andon;`,
} as const
