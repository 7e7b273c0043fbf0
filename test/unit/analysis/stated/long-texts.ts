import type { TaskList } from "./task-lists.ts";

/** Whole lists with longer texts, and the dependencies that are to be applied. */
export const longTexts: readonly (readonly [TaskList, string])[] = [
  [
    {
      "auth-api": "Implement the auth API. POST /login returns a JWT after the password has been checked.",
      "login-form": "Build the login form. It calls the auth API, so that has to exist first.",
      "pw-reset": "Add password reset by e-mail. Users get a link before their session ends.",
      e2e: "Write end-to-end tests for login. Run these only after the login form is finished.",
    },
    "login-form>e2e",
  ],
  [
    {
      t1: "Design the event schema. Keep it versioned; consumers need the schema registry at runtime.",
      t2: "Write the producer using the event schema.",
      t3: "Write the consumer. Requires the event schema, but not the producer.",
      t4: "Load test with 10k events/s once the producer and the consumer are done.",
    },
    "t1>t2 t1>t3 t2>t4 t3>t4",
  ],
  [
    {
      "1": "Refactor the config loader so that it no longer reads the file before it is needed.",
      "2": "Add YAML support to the config loader. Do this after the refactoring.",
      "3": "Update the README. Not blocked by anything.",
    },
    "1>2",
  ],
  [
    {
      a1: "Create the network with Terraform",
      a2: "Create the Kubernetes cluster. The network must exist first.",
      a3: "Install the ingress controller on the cluster, which requires the Kubernetes cluster",
      a4: "Write the on-call guide; can be done at any time, before or after the cluster",
    },
    "a1>a2 a2>a3",
  ],
  [
    {
      extract: "Extract the orders from the legacy system",
      transform: "Transform the orders. Skip rows that were cancelled before the import started.",
      load: "Load the orders into the warehouse, after the transformation",
      bi: "Build the sales dashboard. Blocked until load is done.",
    },
    "transform>load load>bi",
  ],
  [
    {
      w1: "Write chapter 1 of the tutorial",
      w2: "Write chapter 2 of the tutorial, following chapter 1",
      w3: "Draw the diagrams; independent of the chapters",
      w4: "Convert the tutorial to PDF when all other tasks are done",
    },
    "w1>w2 w2>w4 w1>w4 w3>w4",
  ],
  [
    {
      core: "Implement the rule engine",
      cli: "Add a command line. It prints the matches after the rule engine has run.",
      lsp: "Add editor support, built on top of the rule engine",
      site: "Make the web site. Nothing needs the rule engine here.",
    },
    "core>lsp",
  ],
  [
    {
      s1: "Create the users table migration",
      s2: "Create the orders table migration (must run after the users migration because of the foreign key)",
      s3: "Implement the UserRepository; needs the users table",
      s4: "Implement the OrderRepository. Needs the orders table and depends on s3.",
    },
    "s1>s2 s1>s3 s2>s4 s3>s4",
  ],
  [
    {
      m1: "Upgrade React to version 19",
      m2: "Fix the deprecation warnings which appear after the React upgrade",
      m3: "Remove the old polyfills after upgrading React",
      m4: "Rename the hooks before the upgrade of React",
    },
    "m1>m3 m4>m1",
  ],
  [
    {
      p1: "Write the tokenizer",
      p2: "Write the expression parser. Input: the tokens produced by the tokenizer.",
      p3: "Write the statement parser. Input comes from the tokenizer too; wait for p2 as well.",
      p4: "Write docs for users who need the parser as a library",
    },
    "p1>p2 p2>p3",
  ],
  [
    {
      k1: "Collect user feedback",
      k2: "Prioritise the feedback. As soon as the feedback has been collected, sort it.",
      k3: "Write the roadmap, based on the priorities",
    },
    "k1>k2",
  ],
  [
    {
      q1: "Add the feature flag service",
      q2: "Roll out dark mode behind the feature flag service once it is live",
      q3: "Write the copy for dark mode. Doesn't require the feature flag service.",
      q4: "Celebrate. This comes last.",
    },
    "q1>q2 q1>q4 q2>q4 q3>q4",
  ],
  [
    {
      "wishlist-schema": "Create the wishlist tables",
      "wishlist-api": "Write the wishlist endpoints on top of the wishlist tables",
      "wishlist-page": "Build the wishlist page; it calls the wishlist endpoints",
      banner: "Make the home page banner lazy",
      docs: "Describe the new feature in the handbook once everything else is done",
    },
    "banner>docs wishlist-api>docs wishlist-page>docs wishlist-schema>docs wishlist-schema>wishlist-api",
  ],
  [
    {
      lexer: "Write the lexer",
      parser: "Write the parser, which consumes the tokens from the lexer",
      types: "Type checker. Needs the parser.",
      codegen: "Emit wasm after the type checker",
      cli: "Command line: flags and help text",
      fmt: "Formatter; does not need the type checker, only the parser",
    },
    "parser>types",
  ],
  [
    {
      vpc: "Create the network",
      cluster: "Create the cluster in the network",
      dns: "Lower the TTL of the DNS records",
      "migrate-db": "Migrate the database. Requires cluster.",
      cutover: "Switch traffic. Must run after dns and migrate-db.",
      cleanup: "Delete the old machines as the very last step",
    },
    "cluster>cleanup cluster>migrate-db cutover>cleanup dns>cleanup dns>cutover migrate-db>cleanup migrate-db>cutover vpc>cleanup",
  ],
  [
    {
      extract: "Extract orders from the shop",
      clean: "Clean the extracted orders; waits for extract",
      join: "Join with customers once clean has finished",
      dashboard: "Draw the dashboard, independent of the other tasks",
      alerts: "Alert on failures; can run before or after join",
    },
    "clean>join extract>clean",
  ],
  [
    {
      a: "Extract UserRepository from user.ts",
      b: "Extract UserMailer from user.ts",
      c: "Write unit tests for UserRepository, after a",
      d: "Delete user.ts when a and b are merged",
    },
    "a>c a>d b>d",
  ],
  [
    {
      scaffold: "Before anything else, create the repository skeleton",
      auth: "Add login",
      billing: "Add invoices",
      search: "Add search",
    },
    "scaffold>auth scaffold>billing scaffold>search",
  ],
  [
    {
      t1: "Define the payment interfaces",
      t2: "Stripe adapter implementing the payment interfaces",
      t3: "PayPal adapter implementing the payment interfaces",
      t4: "Integration tests for both adapters; blocked by t2 and t3",
    },
    "t1>t2 t1>t3 t2>t4 t3>t4",
  ],
  [
    {
      changelog: "Update the changelog; has to be done before the release",
      version: "Bump the version before tagging",
      release: "Publish the release",
      website: "Refresh the website",
    },
    "changelog>release",
  ],
  [
    {
      dataset: "Prepare the training dataset",
      train: "Train the model using the training dataset",
      evaluate: "Evaluate the model based on the held-out split once training is complete",
      serve: "Serve the trained model behind an HTTP API",
      ui: "Demo page",
    },
    "dataset>train train>evaluate",
  ],
  [
    {
      "1": "Write the config loader",
      "2": "Write the logger (depends on 1)",
      "3": "Write the HTTP server (depends on tasks 1 and 2)",
      "4": "Write the README",
    },
    "1>2 1>3 2>3",
  ],
];
