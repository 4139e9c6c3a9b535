// What a user does, by keyboard, and what has to be seen then: one story a feature, window by window.

import { ASKING, MORE } from "./stories/asking.mjs";
import { CHOOSING } from "./stories/choosing.mjs";
import { GERMAN, LOOKING } from "./stories/looking.mjs";
import { REVIEWING, STOPPED, TREE } from "./stories/reviewing.mjs";
import { CONFIGURED as ASKED, SAFETY, UNTRUSTED } from "./stories/safety.mjs";
import { LAST, MISSING, SERVING } from "./stories/serving.mjs";

/** The stories of one ordinary window, in this order. */
export const ORDINARY = {
  ...{ ...ASKING, ...REVIEWING, ...CHOOSING, ...SAFETY },
  ...{ ...SERVING, ...LOOKING, ...MORE, ...TREE, ...LAST },
};
/** A project of many files whose own configuration names a server. */
export const CONFIGURED = { ...ASKED, ...STOPPED };
export { GERMAN, MISSING, UNTRUSTED };
