// Keeps the page fresh without leaving it: sends its forms, follows its links, draws anew at each change.

import { listen as listenToFiles, forgetFiles } from "./attaching.js";
import { listen as listenToCombos, prepare as prepareCombos } from "./combo.js";
import { listen as listenToComposers, restoreDrafts, takeDrafts } from "./composer.js";
import { addFields, isComplete, listen as listenToFields } from "./fields.js";
import { listen as listenToKeys } from "./keys.js";
import { morph } from "./morph.js";

const page = document.getElementById("page");
const trouble = document.querySelector(".trouble");
const confirmDialog = document.getElementById("confirm");
const GONE = "The sandbox does not answer. Is it still running?";

function complain(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

// ---- drawing

function draw(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("page");
  if (!fresh) return;
  const places = new Map([...page.querySelectorAll("[data-scrolls]")].map((part) => [part, nearEnd(part)]));
  morph(page, fresh);
  settle(places);
}

const nearEnd = (part) => part.scrollHeight - part.scrollTop - part.clientHeight < 80;

let opener = null; // what had the focus before a modal took it
let lastUsed = null;

function settle(places) {
  document.title = page.dataset.title;
  restoreDrafts(page);
  prepareCombos(page);
  for (const part of page.querySelectorAll("[data-follow]")) {
    if (places.get(part) ?? true) part.scrollTop = part.scrollHeight;
  }
  for (const dialog of page.querySelectorAll("dialog[data-modal]:not([open])")) {
    opener ??= lastUsed || document.activeElement;
    dialog.showModal();
    const first = dialog.querySelector("[autofocus]") || dialog.querySelector(".modal-body :is(input:not([type=hidden]), textarea, select)");
    (first || dialog.querySelector(".buttons .button:last-of-type")).focus();
  }
  if (opener && !page.querySelector("dialog[data-modal]")) giveFocusBack();
  tick();
}

function giveFocusBack() {
  const fold = opener.closest("details");
  const places = [opener, fold && fold.querySelector("summary"), page.querySelector("#composer textarea")];
  opener = null;
  places.find((place) => place && place.isConnected && place.checkVisibility())?.focus();
}

// ---- staying fresh: one request at a time; what was asked before the last move is not drawn

let running = false;
let again = false;
let moves = 0;
let moving = 0;

async function refresh() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    const [here, before] = [location.href, moves];
    try {
      const answer = await fetch(here);
      const html = await answer.text();
      if (answer.ok && here === location.href && before === moves && !moving) draw(html);
    } catch {
      complain(GONE);
    }
  }
  running = false;
}

async function go(url, { remember = true, hash = "" } = {}) {
  const mine = ++moves;
  moving += 1;
  try {
    const answer = await fetch(url);
    const html = await answer.text();
    if (mine !== moves) return;
    if (remember) history.pushState(null, "", answer.url + hash);
    draw(html);
    show(location.hash);
  } catch {
    complain(GONE);
  } finally {
    moving -= 1;
    refresh();
  }
}

function show(hash) {
  const target = hash && document.getElementById(hash.slice(1));
  if (!target || !target.matches(".message")) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView({ block: "center" });
  target.classList.add("found");
}

// ---- doing

function agreed(control) {
  const words = control.dataset;
  const [no, yes] = [confirmDialog.querySelector("[data-no]"), confirmDialog.querySelector("[data-yes]")];
  confirmDialog.querySelector("h2").textContent = words.confirmTitle;
  confirmDialog.querySelector("p").textContent = words.confirmText;
  no.textContent = words.confirmNo;
  yes.textContent = words.confirmYes;
  yes.className = `button ${words.confirmStyle || (control.classList.contains("danger") ? "danger" : "primary")}`;
  return new Promise((resolve) => {
    no.onclick = () => confirmDialog.close("");
    yes.onclick = () => confirmDialog.close("yes");
    confirmDialog.onclose = () => {
      if (control.isConnected) control.focus();
      resolve(confirmDialog.returnValue === "yes");
    };
    confirmDialog.returnValue = "";
    confirmDialog.showModal();
    no.focus();
  });
}

function bodyOf(form, control) {
  const filled = new FormData(form);
  if (control && control.name && control.tagName === "BUTTON") filled.append(control.name, control.value);
  const surface = form.action.endsWith("/click") && form.closest("[data-surface]");
  if (surface) addFields(filled, surface);
  return surface || form.enctype === "multipart/form-data" ? filled : new URLSearchParams(filled);
}

async function send(form, control) {
  const body = bodyOf(form, control);
  if (control && "confirm" in control.dataset && !(await agreed(control))) {
    if (control.tagName === "SELECT") control.value = "";
    return;
  }
  lastUsed = control || document.activeElement;
  const giveBack = takeDrafts(form);
  const fold = form.matches(".write, .popover form, #shortcut-form") && (control || form).closest("details");
  if (fold) fold.open = false;
  form.classList.add("busy");
  const sent = await post(control?.getAttribute("formaction") || form.getAttribute("action"), body);
  form.classList.remove("busy");
  if (sent) forgetFiles(form);
  else giveBack();
  if (!sent && fold) fold.open = true;
}

// Sends a deed and draws what came of it; returns whether it was taken.
async function post(url, body) {
  const before = moves;
  try {
    const answer = await fetch(url, { method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    complain("");
    arrived(answer, text, before);
    return true;
  } catch (wrong) {
    complain(wrong instanceof TypeError ? GONE : wrong.message);
    return false;
  }
}

function arrived(answer, html, before) {
  if (moves === before) {
    moves += 1;
    if (answer.url !== location.href) history.pushState(null, "", answer.url);
    draw(html);
  }
  refresh();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.deed")) return;
  event.preventDefault();
  const isModal = event.target.id === "modal-form";
  if (isModal && (event.target.classList.contains("busy") || !isComplete(event.target))) return;
  send(event.target, event.submitter);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-on-change]");
  if (form && (event.target.value || event.target.type === "checkbox")) send(form, event.target);
});

// ---- moving about

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && link.origin === location.origin) {
    const message = link.pathname.match(/^\/archives\/\w+\/p(\d+)(\d{6})$/);
    if ("stay" in link.dataset || message) event.preventDefault();
    if (message) go(`${link.pathname}?as=${page.dataset.as}`, { hash: `#m${message[1]}.${message[2]}` });
    else if ("stay" in link.dataset) go(link.href);
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest("details.menu[open], details.reply[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("toggle", (event) => {
  const fold = event.target;
  if (!fold.open || !fold.matches("details.reply, details.new-mail") || !fold.contains(document.activeElement)) return;
  fold.querySelector("textarea, input:not([type=hidden])").focus();
}, true);

document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog[data-modal]")) return;
  event.preventDefault();
  const leave = document.getElementById("modal-leave");
  leave.requestSubmit(leave.querySelector("button"));
}, true);

window.addEventListener("popstate", () => go(location.href, { remember: false }));

// ---- the clock runs on between two drawings

function tick() {
  for (const shown of page.querySelectorAll("time[data-ahead]")) {
    const now = new Date(Date.now() + 1000 * Number(shown.dataset.ahead));
    const words = new Intl.DateTimeFormat("en-GB", {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
    }).formatToParts(now);
    const part = (type) => words.find((one) => one.type === type).value;
    const text = `${part("weekday")} ${part("day")} ${part("month")}, ${part("hour")}:${part("minute")}`;
    if (shown.textContent !== text) shown.textContent = text;
  }
}

listenToComposers();
listenToFiles();
listenToCombos();
listenToFields((body) => post("/sandbox/click", body));
listenToKeys(go);
settle(new Map());
show(location.hash);
setInterval(tick, 1000);
const changes = new EventSource("/sandbox/changes");
changes.onmessage = () => {
  if (trouble.textContent === GONE) complain("");
  refresh();
};
changes.onerror = () => complain(GONE);
