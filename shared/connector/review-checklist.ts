/** What a reviewer looks at before a connector is listed in the marketplace. */
export const reviewChecklist = [
  { key: "described", label: "Name, description, category and logo say what it does" },
  { key: "endpoints", label: "Its endpoints do what their names say, and their tests have passed" },
  { key: "least", label: "It asks for no scope and no secret that it does not need" },
  { key: "host", label: "Its base URL and sign-in URLs belong to the provider" },
  { key: "data", label: "No secret and no personal data is in defaults, samples and examples" },
] as const;
