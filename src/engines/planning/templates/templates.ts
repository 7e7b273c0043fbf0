/** Kinds of projects, and the phases of roles that they are made in. */

/** A role of a template: who it is, and what it does for the goal. */
export interface TemplateRole {
  readonly role: string;
  readonly does: string;
}

/** Roles that work at the same time. */
export interface TemplatePhase {
  readonly name: string;
  /** Minutes of each role. */
  readonly minutes: number;
  readonly roles: readonly TemplateRole[];
}

/** A kind of project. */
export interface Template {
  readonly name: string;
  readonly title: string;
  /** Minutes on record for the same work in one pair of hands, which has to find its way into each role. */
  readonly aloneMinutes: number;
  readonly phases: readonly TemplatePhase[];
}

const architect: TemplateRole = {
  role: "architect",
  does: "Decide the structure: parts, interfaces between them, and the technology of each; write it down for the others",
};
const apiDesign: TemplateRole = {
  role: "api-design",
  does: "Design the API: endpoints, requests, responses and errors",
};
const backend: TemplateRole = { role: "backend", does: "Write the backend to the design" };

/** The templates there are. */
export const templates: readonly Template[] = [
  {
    name: "full-stack",
    title: "an application with database, backend and user interface",
    aloneMinutes: 30,
    phases: [
      { name: "architecture", minutes: 2, roles: [architect] },
      {
        name: "specification",
        minutes: 2,
        roles: [
          { role: "writer", does: "Write the specification: what users can do, and how it is told that it works" },
        ],
      },
      {
        name: "design",
        minutes: 2,
        roles: [
          { role: "database-design", does: "Design the tables, keys and migrations" },
          apiDesign,
          { role: "ui-design", does: "Design the pages, their parts and the way through them" },
        ],
      },
      {
        name: "development",
        minutes: 3,
        roles: [backend, { role: "frontend", does: "Write the user interface to the design" }],
      },
      {
        name: "assurance",
        minutes: 2,
        roles: [
          { role: "integration", does: "Join backend and user interface, and test them together" },
          { role: "qa", does: "Test what the specification promises, and report what is missing" },
        ],
      },
      {
        name: "deployment",
        minutes: 2,
        roles: [{ role: "deployment", does: "Write what builds, configures and starts it where it is to run" }],
      },
    ],
  },
  {
    name: "api-service",
    title: "a service with an API and a database",
    aloneMinutes: 20,
    phases: [
      { name: "architecture", minutes: 2, roles: [architect] },
      {
        name: "design",
        minutes: 2,
        roles: [apiDesign, { role: "database-models", does: "Write the database models and migrations" }],
      },
      {
        name: "development",
        minutes: 3,
        roles: [
          backend,
          { role: "security", does: "Write authentication, permissions and the checks of what comes in" },
        ],
      },
      {
        name: "delivery",
        minutes: 2,
        roles: [
          { role: "testing", does: "Test the API end to end, errors and limits included" },
          { role: "deployment", does: "Write what builds, configures and starts it where it is to run" },
        ],
      },
    ],
  },
  {
    name: "front-end",
    title: "a user interface for a service that exists",
    aloneMinutes: 15,
    phases: [
      {
        name: "design",
        minutes: 2,
        roles: [{ role: "ui-designer", does: "Design the pages, their parts and the way through them" }, architect],
      },
      {
        name: "development",
        minutes: 3,
        roles: [
          { role: "components", does: "Write the components and pages to the design" },
          { role: "accessibility", does: "Make it usable with keyboard and screen reader, and prove it with tests" },
        ],
      },
      {
        name: "assurance",
        minutes: 2,
        roles: [
          { role: "integration", does: "Join the pages with the service behind them" },
          { role: "testing", does: "Test what users do, from the first page to the last" },
        ],
      },
    ],
  },
  {
    name: "microservice",
    title: "one service among others, with its contract, its events and its operation",
    aloneMinutes: 25,
    phases: [
      { name: "architecture", minutes: 2, roles: [architect] },
      {
        name: "contracts",
        minutes: 2,
        roles: [
          apiDesign,
          { role: "data-model", does: "Design what the service stores, and its migrations" },
          { role: "event-design", does: "Design the messages that it sends and receives" },
        ],
      },
      {
        name: "development",
        minutes: 3,
        roles: [
          { role: "service", does: "Write the service to its contracts" },
          { role: "messaging", does: "Write sending and receiving of messages, with retries and duplicates in mind" },
        ],
      },
      {
        name: "delivery",
        minutes: 3,
        roles: [
          { role: "contract-testing", does: "Test the service against its contracts, without the others" },
          { role: "monitoring", does: "Write health checks, metrics and alerts" },
          { role: "deployment", does: "Write what builds, configures and starts it where it is to run" },
        ],
      },
    ],
  },
];
