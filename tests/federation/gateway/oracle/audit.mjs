// Audits the server at argv[2] with graphql-http and prints its findings as JSON lines: {status, name, reason}.
import { auditServer } from 'graphql-http';

const url = process.argv[2];
// Queries by GET are refused unless a page of another origin could not have sent them; the audit sends none of the
// headers that show it, so we do.
const fetchFn = (input, init) =>
  fetch(input, { ...init, headers: { 'apollo-require-preflight': 'true', ...init?.headers } });

for (const { status, name, reason } of await auditServer({ url, fetchFn })) {
  console.log(JSON.stringify({ status, name, reason }));
}
process.exit(0);
