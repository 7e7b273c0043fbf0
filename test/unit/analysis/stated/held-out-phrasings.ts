import type { Phrasing, TaskList } from "./task-lists.ts";

const game: TaskList = {
  physics: "Implement the collision system",
  art: "Paint the sprites for the first level",
  audio: "Record the sound effects",
  level: "Design the first level",
};

const mobile: TaskList = {
  "T-1": "Design the API contract for the booking endpoints",
  "T-2": "Implement the booking service",
  "T-3": "Build the calendar screen",
  "T-4": "Add push notifications",
};

const research: TaskList = {
  survey: "Design the questionnaire",
  pilot: "Run the pilot with ten participants",
  data: "Collect the responses",
  stats: "Analyse the responses in R",
};

const kernel: TaskList = {
  "1": "Port the bootloader to RISC-V",
  "2": "Write the memory allocator",
  "3": "Write the scheduler",
  "4": "Write the network driver",
};

const site: TaskList = {
  tokens: "Define the design tokens",
  button: "Create the Button component",
  nav: "Create the navigation bar",
  home: "Assemble the home page",
};

const bank: TaskList = {
  "pay-1": "Create the ledger table",
  "pay-2": "Implement the transfer service",
  "pay-3": "Build the statement export",
  "pay-4": "Integrate the fraud scoring",
  "pay-5": "Harden the login",
};
const ml: TaskList = {
  A: "Label 2,000 images",
  B: "Train a baseline model on the labelled images",
  C: "Build the evaluation harness",
  D: "Write the serving API",
};
const mig: TaskList = {
  one: "Move the CI from Jenkins to GitHub Actions",
  two: "Split the monolith into modules",
  three: "Introduce the message bus",
  four: "Rewrite the billing module",
};

/** Written after the rules were done, and before they were tried on them. */
export const heldOut: readonly Phrasing[] = [
  [game, { tune: "Tune the jump height as soon as the collision system works" }, "physics>tune"],
  [game, { pack: "Pack the assets. Needs the sprites and the sound effects." }, "art>pack audio>pack"],
  [game, { demo: "Record the trailer last of all" }, "physics>demo art>demo audio>demo level>demo"],
  [game, { ai: "Write the enemy AI. It relies on the collision system, not on the sprites." }, "physics>ai"],
  [game, { menu: "Build the main menu. Doesn't have to wait for the sound effects." }, ""],
  [game, { ai: "Write the enemy AI - the collision system has to be there first" }, "physics>ai"],
  [mobile, { "T-5": "Write contract tests against the booking service once T-2 is merged" }, "T-2>T-5"],
  [
    mobile,
    { "T-5": "Generate the TypeScript client from the API contract, before the calendar screen is started" },
    "T-5>T-3",
  ],
  [mobile, { "T-5": "Add reminders. Depends on the push notifications and the booking service." }, "T-4>T-5 T-2>T-5"],
  [mobile, { "T-5": "Send users a push notification before their appointment starts" }, ""],
  [mobile, { "T-5": "Refresh the calendar after the booking is cancelled" }, ""],
  [mobile, { "T-5": "Beta test with ten customers. Do not begin until the calendar screen is finished." }, "T-3>T-5"],
  [
    research,
    { paper: "Write the paper after everything else has been done" },
    "pilot>paper survey>paper data>paper stats>paper",
  ],
  [research, { revise: "Revise the wording following the pilot" }, "pilot>revise"],
  [research, { ethics: "Get approval of the ethics board prior to the pilot" }, "ethics>pilot"],
  [research, { plot: "Plot the answers by age; requires the responses to be collected" }, "data>plot"],
  [research, { site: "Set up the project page; nobody needs to wait for the questionnaire" }, ""],
  [kernel, { "5": "Write the file cache on top of the memory allocator" }, "2>5"],
  [kernel, { "5": "Measure context switches when the scheduler is ready" }, "3>5"],
  [kernel, { "5": "Write the shell. The scheduler and the memory allocator must be in place before this." }, "3>5 2>5"],
  [kernel, { "5": "Release the lock before the scheduler picks the next thread" }, ""],
  [kernel, { "5": "Write the slab statistics, unlike the network driver in Rust" }, ""],
  [kernel, { "5": "Write the TCP stack; blocked by the driver" }, "4>5"],
  [kernel, { "5": "Boot on real hardware after steps 1, 2 and 3" }, "1>5 2>5 3>5"],
  [kernel, { "5": "Reserve a page before the allocator" }, "5>2"],
  [site, { card: "Create the Card component based on the design tokens" }, "tokens>card"],
  [
    site,
    { card: "Create the Card component after both the Button component and the navigation bar" },
    "button>card nav>card",
  ],
  [site, { a11y: "Check the contrast once all components have been created" }, "button>a11y"],
  [site, { a11y: "Check the contrast when everything else is finished" }, "tokens>a11y button>a11y nav>a11y home>a11y"],
  [site, { lint: "Set up stylelint; this is independent from the design tokens" }, ""],
  [site, { story: "Write a story for the Button component once it exists" }, "button>story"],
  [site, { intro: "Then write the welcome text" }, "home>intro"],
  [site, { foot: "Create the footer. Similar to the navigation bar, it uses no script." }, ""],
  [
    bank,
    { x: "Write reconciliation. It can only start once the ledger table and the transfer service are in place." },
    "pay-1>x pay-2>x",
  ],
  [bank, { x: "Add a monthly e-mail which is built on the statement export" }, "pay-3>x"],
  [bank, { x: "Penetration test, after everything else has been merged" }, "pay-1>x pay-2>x pay-3>x pay-4>x pay-5>x"],
  [bank, { x: "Write the audit log. Unlike the transfer service it needs no ledger table." }, ""],
  [bank, { x: "Lock the account after three failed logins" }, ""],
  [bank, { x: "Notify the customer before the transfer is executed" }, ""],
  [bank, { x: "Write the terms and conditions. There's no need to wait for the fraud scoring." }, ""],
  [bank, { x: "Seed demo accounts; depends on pay-1 and on the transfer service" }, "pay-1>x pay-2>x"],
  [bank, { x: "Document the endpoints of the transfer service when it is finished" }, "pay-2>x"],
  [ml, { x: "Compare models with the evaluation harness once it works" }, "C>x"],
  [ml, { x: "Fine-tune the baseline model. Needs A and B." }, "A>x B>x"],
  [ml, { x: "Publish a model card following the evaluation harness" }, "C>x"],
  [ml, { x: "Start collecting more images in parallel with the labelling" }, ""],
  [ml, { x: "Set up the GPU machine before the training starts" }, "x>B"],
  [ml, { x: "Deploy. Requires: serving API, baseline model" }, "D>x B>x"],
  [mig, { x: "Extract the invoice service, on top of the message bus" }, "three>x"],
  [mig, { x: "Delete the Jenkins server after the CI has been moved" }, "one>x"],
  [mig, { x: "Freeze the monolith before the split" }, "x>two"],
  [mig, { x: "Keep the old monolith running while the billing module is rewritten" }, ""],
  [mig, { x: "Train the team on modules; doesn't have to happen after the message bus" }, ""],
  [mig, { x: "Inventory all cron jobs. This has to be done first." }, "x>one x>two x>three x>four"],
  [mig, { x: "Measure latency prior to introducing the message bus" }, "x>three"],
  [mig, { x: "Write the ADR. The message bus and the billing module depend on its outcome." }, ""],
];
