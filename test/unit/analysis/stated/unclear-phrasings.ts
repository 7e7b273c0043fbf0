import { compiler, infra, shop, type Phrasing, type TaskList } from "./task-lists.ts";

const game: TaskList = {
  boss: "Implement the boss fight",
  splash: "Design the splash screen",
  backup: "Set up the backup job",
  refresh: "Implement the token refresh",
  captcha: "Add the captcha",
};

/** Texts that may state an order or say what the work does when it is in use: shown and not applied. */
export const unclear: readonly Phrasing[] = [
  [game, { x: "Start the animation after the splash screen" }, "splash>x"],
  [game, { x: "Unlock the level once the boss fight is finished" }, "boss>x"],
  [game, { x: "Play credits after the boss fight" }, "boss>x"],
  [game, { x: "Rotate logs after the backup job" }, "backup>x"],
  [game, { x: "Build the queue. Requests must not be sent until the token refresh is done" }, "refresh>x"],
  [game, { x: "Do not show the menu until the captcha is done" }, "captcha>x"],
  [game, { x: "Make sure bots can't submit without the captcha" }, "captcha>x"],
  [compiler, { x: "Fix crash after the parser is done" }, "t2>x"],
  [compiler, { x: "Write the linter. Its rules must not be loaded before the parser is done." }, "t2>x"],
  [infra, { x: "Email the admins after the deployment has finished" }, "ship>x"],
  [shop, { "5": "Build the gate so that visitors cannot see the page without the payment gateway" }, "4>5"],
  [compiler, { x: "Write the manual, ideally after the parser" }, "t2>x"],
  [compiler, { x: "Write the manual. Preferably after t2." }, "t2>x"],
  [compiler, { x: "Write the linter. It needs the parser only lazily." }, "t2>x"],
  [{ config: "Write the config" }, { x: "Log verbosity depends on config" }, "config>x"],
];
