/** Limits of the contract, without its schemas: those would bring all of zod with them. A test holds the two together. */
export const maxEndpoints = 150;
export const maxDescription = 250;
/** OAuth scopes, in characters. */
export const maxScopes = 500;
