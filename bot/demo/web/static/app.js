// The demo's page: everything is begun here, and the order is that of listening.

import * as backstage from "./backstage.js";
import * as calls from "./calls.js";
import * as chats from "./chats.js";
import * as composer from "./composer.js";
import { $ } from "./dom.js";
import * as go from "./go.js";
import * as guide from "./guide.js";
import * as log from "./log.js";
import * as people from "./people.js";
import * as previews from "./previews.js";
import * as reactions from "./reactions.js";
import * as state from "./state.js";

for (const part of [previews, chats, log, composer, people, go, reactions, guide, backstage, calls]) part.begin();
state.on("here", ({ is }) => ($("#gone").hidden = is));
state.on("world", () => document.body.classList.add("ready"));
state.begin();
