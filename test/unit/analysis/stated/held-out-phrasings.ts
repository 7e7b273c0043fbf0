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
];
