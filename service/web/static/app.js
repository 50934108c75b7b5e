// Makes the pages quicker to use. Everything works without scripts: links and forms are real.

import { startDesk } from "./desk.js";
import { tellCopies } from "./copying.js";
import { find } from "./dom.js";
import { followSummary, LOOK_EVERY_MS, lookAtRows, isAway, noteTouch } from "./following.js";
import { guardForms } from "./forms.js";
import { watchSession } from "./session.js";
import { pane } from "./sources.js";

guardForms();
tellCopies();
if (pane()) startDesk();
noteTouch();
if (find("#expiry")) watchSession();
if (find("#rows")) setInterval(() => { if (!isAway()) lookAtRows().catch(() => {}); }, LOOK_EVERY_MS);
const head = find("[data-events]");
if (head) followSummary(head);
find("#refused")?.focus();
