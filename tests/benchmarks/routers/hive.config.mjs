// Hive Gateway without what a benchmark does not ask for: no log line per request, no page.
export const gatewayConfig = { logging: 'error', graphiql: false, landingPage: false, maskedErrors: false };
